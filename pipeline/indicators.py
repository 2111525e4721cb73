"""What indicators an award can take: every measure of the catalogue, and the SQL files that are indicators of their own."""

from typing import Any

from pipeline.award import Award


def listing(award: Award) -> list[dict[str, Any]]:
    """Every measure and every indicator with a file of its own: meaning, unit, and how the award takes it, with the weight."""
    catalogue = award.catalogue
    rows = []
    for name, measure in catalogue.measures.items():
        taken = {str(one.taken): str(one.weight) for one in award.indicators if one.measure == name}
        rows.append({"measure": name, "meaning": measure.en.name, "unit": measure.en.unit, "taken": taken})
    for name, own in catalogue.indicators.items():
        weights = [str(one.weight) for one in award.indicators if not one.measure and one.name == name]
        rows.append({"measure": name, "meaning": own.en.name, "unit": own.en.unit, "taken": {"file": weights[0]} if weights else {}})
    return rows
