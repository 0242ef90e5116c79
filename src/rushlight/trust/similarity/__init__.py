"""Works that look or sound alike, though cropped, mirrored, laid over, coded again, or played at another speed."""
