"""What a sale costs: federal and state income tax on gains, and the tax that was put off by not selling."""
