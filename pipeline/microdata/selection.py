"""The figures to withhold at the least loss: an integer program that learns, cut by cut, from the audit of its last choice.

Each figure is withheld or not. A demand that a choice does not meet gives an inequality that holds for every choice that meets it
(Benders decomposition, after Fischetti and Salazar-González, 2001). The best choice that keeps all inequalities costs no more than the
best one that passes the audit. If it passes the audit itself, no choice costs less.
"""

import math
from collections.abc import Mapping, Sequence, Set
from typing import Any

import highspy
import numpy as np

from pipeline.microdata.system import LEAST_PART, STATUS, Program, Published

MOST_NODES = 500
"""The most nodes of the search tree for each choice: unlike a clock, the same bound on every machine."""


class Selection(Program):
    """The cheapest choice of figures to withhold that keeps all requirements."""

    def __init__(self, table: str, costs: Mapping[Published, int], groups: Sequence[tuple[int, Set[Published]]]) -> None:
        """costs: of each figure. groups: the cost of withholding any of several figures, counted once, and these. All are whole numbers."""
        super().__init__(table, highspy.ObjSense.kMinimize)
        self.names = sorted(costs)
        self.bound = 0
        self._place = {name: place for place, name in enumerate(self.names)}
        for option, value in (("presolve", "choose"), ("random_seed", 0), ("mip_max_nodes", MOST_NODES), ("mip_rel_gap", LEAST_PART)):
            self.setOptionValue(option, value)
        self.setOptionValue("primal_feasibility_tolerance", LEAST_PART)
        self._members = [*({name} for name in self.names), *(members for _, members in groups)]
        self._costs = np.array([*(costs[name] for name in self.names), *(cost for cost, _ in groups)], float)
        for cost in self._costs:
            self.addCol(cost, 0.0, 1.0, 0, np.array([], np.int32), np.array([]))
        for place in range(len(self.names)):
            self.changeColIntegrality(place, highspy.HighsVarType.kInteger)
        for column, (_, members) in enumerate(groups, len(self.names)):
            for name in sorted(members):
                self._row(0.0, {column: 1.0, self._place[name]: -1.0})

    def always(self, names: Set[Published]) -> None:
        """Withhold these in every choice."""
        for name in names:
            self.changeColBounds(self._place[name], 1.0, 1.0)

    def require(self, brings: Mapping[Published, float], of: Published | None = None) -> None:
        """Require that the parts of the withheld figures add up to the whole; with of, only if that figure is withheld itself."""
        terms = {self._place[name]: part for name, part in brings.items() if name != of}
        self._row(0.0 if of else 1.0, {**terms, **({self._place[of]: -1.0} if of else {})})

    def choose(self, start: Set[Published]) -> set[Published]:
        """The figures to withhold: start, which keeps every requirement, or a cheaper choice. Sets bound, below which no choice costs."""
        solution = highspy.HighsSolution()
        solution.col_value = [float(bool(start & members)) for members in self._members]
        self.setSolution(solution)
        self.solve(STATUS.kOptimal, STATUS.kSolutionLimit)
        if self._parts() @ self._costs > self.getInfo().objective_function_value + LEAST_PART:
            # If presolving alone finds a better choice, HiGHS 1.16 returns the one that it began with.
            self.clearSolver()
            self.solve(STATUS.kOptimal, STATUS.kSolutionLimit)
        # Costs are whole numbers, and so is the cost of any choice.
        self.bound = max(self.bound, math.ceil(max(self.getInfo().mip_dual_bound, 0.0) - LEAST_PART))
        if self.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return {*start}
        return {name for name, part in zip(self.names, self._parts(), strict=False) if part > 0.5}

    def _parts(self) -> np.ndarray[Any, Any]:
        parts = np.array(self.getSolution().col_value)
        return parts if parts.size else np.zeros(self._costs.size)

    def _row(self, least: float, terms: Mapping[int, float]) -> None:
        self.addRow(least, np.inf, len(terms), np.array(list(terms), np.int32), np.array(list(terms.values())))
