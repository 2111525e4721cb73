"""From firm-level records to a shortlist of companies for Årets exportsuccé, for the inside; and an extract for the public."""
