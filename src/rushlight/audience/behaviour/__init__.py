"""What viewers did, as numbers that statistics can work on."""
