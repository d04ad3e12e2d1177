"""rebaloop: one household, one pie, no taxable gain, and nothing sent without a yes."""
