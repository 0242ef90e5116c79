"""Who is shown: the tone of skin on the Monk scale, labels people give, and shares against a target."""
