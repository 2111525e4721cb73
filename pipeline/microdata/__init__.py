"""Firm-level trade records -> the county table that the pipeline ingests, on one machine or on a Spark cluster."""
