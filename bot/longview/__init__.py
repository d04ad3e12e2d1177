"""The long view: a household lived through a century of markets, the live engine beside those who sell."""
