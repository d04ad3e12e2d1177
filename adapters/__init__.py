"""Wires: the only code that touches brokers, disks, mail and clocks."""
