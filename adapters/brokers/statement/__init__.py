"""Accounts that no program can reach: their owner writes down what a statement says, and carries the orders out."""
