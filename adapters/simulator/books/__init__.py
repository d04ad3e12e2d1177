"""What a broker writes down: accounts, lots, cash, orders and the rows of their history."""
