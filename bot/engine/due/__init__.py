"""What is due when, by rules that are told the time and the exchange's sessions."""
