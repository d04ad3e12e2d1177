"""The promises that each room keeps, in folders that mirror the rooms."""
