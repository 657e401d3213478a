"""Human labels against the scorer, and estimates that rest on both."""
