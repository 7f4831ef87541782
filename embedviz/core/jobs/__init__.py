"""Jobs as declarations: typed specs, the folders they work in, leases that say whether they are alive, and reporters."""
