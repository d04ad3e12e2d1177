"""One folder for each broker, in the same shape each."""
