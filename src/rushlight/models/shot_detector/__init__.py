"""Where shots begin: the network, what it is trained on, and how its odds become transitions."""
