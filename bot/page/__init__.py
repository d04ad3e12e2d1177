"""The page: a door for a browser, where a plan is read and answered, and the household looked at."""
