"""What the operator asks for on a command line, a file for each thing that is asked about."""
