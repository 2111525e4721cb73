// The what-if panel: ranks the embedded values as pipeline/ranking/score.py does, and shows what another choice would give.
// Text from data becomes text of the page, never markup; the words come with the data.
(() => {
  "use strict";

  const NOISE = 1e-12; // scores closer than this share of the largest are a tie
  const ANNOUNCE_AFTER = 300; // milliseconds without a further change

  // The engine

  // The exactly rounded sum, as Python's math.fsum: Shewchuk's non-overlapping partial sums.
  function fsum(numbers) {
    const partials = [];
    for (let x of numbers) {
      let kept = 0;
      for (let y of partials) {
        if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
        const high = x + y;
        const low = y - (high - x);
        if (low) partials[kept++] = low;
        x = high;
      }
      partials.length = kept;
      partials.push(x);
    }
    let sum = partials.pop() ?? 0;
    while (partials.length) {
      const x = sum;
      const y = partials.pop();
      sum = x + y;
      const low = y - (sum - x);
      if (low) {
        // Half-way cases are rounded by what is left.
        const up = sum + low * 2;
        if (Math.sign(low) === Math.sign(partials.at(-1) ?? 0) && up - sum === low * 2) sum = up;
        break;
      }
    }
    return sum;
  }

  function normalise(given, method, direction, goalposts) {
    if (method === "min-max-100") {
      const within = goalposts && { ...goalposts, clip: true };
      return normalise(given, "min-max", direction, within).map((value) => 1 + 99 * value);
    }
    if (method === "min-max" && goalposts) {
      const { lowest, highest, clip } = goalposts;
      const kept = clip ? given.map((value) => Math.min(Math.max(value, lowest), highest)) : given;
      return kept.map((value) => (direction === "higher" ? value - lowest : highest - value) / (highest - lowest));
    }
    const values = direction === "higher" ? given : given.map((value) => -value);
    const lowest = Math.min(...values);
    const spread = Math.max(...values) - lowest;
    const place = (value) => 1 + values.filter((other) => other < value).length;
    if (method === "rank") return values.map(place);
    if (method === "percentile-rank") return values.map((value) => place(value) / values.length);
    if (method === "none") return values;
    if (method === "min-max") return values.map((value) => (spread ? (value - lowest) / spread : 0));
    const mean = fsum(values) / values.length;
    const over = method === "z-score" ? values.length - 1 : values.length;
    const deviation = Math.sqrt(fsum(values.map((value) => (value - mean) ** 2)) / over);
    const scores = values.map((value) => (spread ? (value - mean) / deviation : 0));
    return method === "z-score" ? scores : scores.map((score) => 100 + 10 * score);
  }

  const added = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

  // Whole numbers in the same proportions, as small as can be.
  function reduced(weights) {
    const divisor = weights.reduce((a, b) => {
      while (b) [a, b] = [b, a % b];
      return a;
    }, 0);
    return divisor ? weights.map((weight) => weight / divisor) : weights;
  }

  // One score a region out of a column an indicator; weights are whole numbers over their sum.
  function aggregate(columns, weights, aggregation) {
    const whole = added(weights);
    const total = (of) => columns.reduce((sum, column, index) => sum + of(column) * weights[index], 0);
    return columns[0].map((_, region) => {
      const mean = () => total((column) => column[region]) / whole;
      switch (aggregation) {
        case "geometric":
          return columns.reduce((product, column, index) => product * column[region] ** (weights[index] / whole), 1);
        case "outranking":
          return added(columns[0].map((_, other) => Math.sign(total((column) => Math.sign(column[region] - column[other])))));
        case "mazziotta-pareto":
          return mean() - total((column) => (column[region] - mean()) ** 2) / whole / mean();
        default:
          return mean();
      }
    });
  }

  // Places by falling score. Ties: "min" 1, 2, 2, 4; "max" 1, 3, 3, 4; "dense" 1, 2, 2, 3.
  function places(scores, ties) {
    const noise = NOISE * Math.max(...scores.map(Math.abs));
    const order = [...scores.keys()].sort((one, other) => scores[other] - scores[one]);
    const groups = [];
    order.forEach((index, position) => {
      if (!position || scores[order[position - 1]] - scores[index] > noise) groups.push([]);
      groups.at(-1).push(index);
    });
    const found = [];
    let above = 0;
    groups.forEach((group, number) => {
      for (const index of group) found[index] = { min: above + 1, max: above + group.length, dense: number + 1 }[ties];
      above += group.length;
    });
    return found;
  }

  // For each region its rank (0: not ranked), score, whether it is a candidate, and which indicators that weigh are unknown.
  // choice: window [base, final], weights (whole numbers, in the indicators' order), normalisation, aggregation, ties, candidates.
  function rank(data, choice) {
    const { normalisation, aggregation } = choice;
    if (!data.methods.some((method) => method.normalisation === normalisation && method.aggregation === aggregation))
      throw new RangeError(`${aggregation} of ${normalisation}`);
    const weights = reduced(choice.weights);
    const window = choice.window.join("-");
    const weighing = data.indicators
      .map((indicator, column) => ({ ...indicator, weight: weights[column], values: data.values[indicator.name][window] }))
      .filter((indicator) => indicator.weight);
    const result = {
      rank: data.regions.map(() => 0),
      score: data.regions.map(() => null),
      candidate: data.regions.map(() => false),
      unknown: data.regions.map((_, region) => weighing.filter(({ values }) => values[region] === null).map(({ name }) => name)),
    };
    const ranked = [...data.regions.keys()].filter((region) => !result.unknown[region].length);
    if (!weighing.length || !ranked.length) return result;
    const columns = weighing.map(({ values, direction, goalposts }) =>
      normalise(ranked.map((region) => values[region]), normalisation, direction, goalposts),
    );
    const scores = aggregate(columns, weighing.map(({ weight }) => weight), aggregation);
    const [ranks, above] = [places(scores, choice.ties), places(scores, "min")];
    ranked.forEach((region, index) => {
      result.rank[region] = ranks[index];
      result.score[region] = scores[index];
      result.candidate[region] = above[index] <= choice.candidates;
    });
    return result;
  }

  // The award's own choice, and whether another is the same.

  function own(data) {
    return { ...data.ranking, window: data.window, weights: data.indicators.map(({ parts }) => parts) };
  }

  const sameWeights = (one, other) => String(reduced(one.weights)) === String(reduced(other.weights));
  const sameWindow = (one, other) => String(one.window) === String(other.window);
  const same = (one, other) =>
    sameWeights(one, other) &&
    sameWindow(one, other) &&
    one.normalisation === other.normalisation &&
    one.aggregation === other.aggregation;

  const filled = (text, places) => text.replace(/\{(\w+)\}/g, (_, key) => places[key]);
  const quoted = (text) => JSON.stringify(text).replaceAll("\u007f", "\\u007f");

  // The choice as lines of an award file; nothing when no indicator weighs.
  function toml(data, choice) {
    const whole = added(choice.weights);
    if (!whole) return "";
    const award = own(data);
    const reason = sameWindow(choice, award) ? data.window_reason : data.words.reason;
    const [base, final] = choice.window;
    return [
      `# ${filled(same(choice, award) ? data.words.toml_own : data.words.toml, { award: data.award }).replace(/\s+/g, " ")}`,
      `window = { base = ${base}, final = ${final}, reason = ${quoted(reason)} }`,
      "",
      "[ranking]",
      `normalisation = ${quoted(choice.normalisation)}`,
      `aggregation = ${quoted(choice.aggregation)}`,
      ...data.indicators.flatMap(({ lines, weight }, column) => {
        const written = sameWeights(choice, award) ? weight : `${choice.weights[column]}/${whole}`;
        return ["", "[[indicators]]", ...lines, `weight = ${choice.weights[column] ? quoted(written) : 0}`];
      }),
      "",
    ].join("\n");
  }

  // A choice as the end of the page's address, so that a trial can be sent; and back, null where it is none of this page's.

  const ADDRESS = "#whatif?";

  function address(data, choice) {
    const parts = { window: choice.window.join("-"), normalisation: choice.normalisation, aggregation: choice.aggregation };
    return ADDRESS + new URLSearchParams({ ...parts, weights: choice.weights.join(".") });
  }

  function addressed(data, hash) {
    if (!hash.startsWith(ADDRESS)) return null;
    const parts = Object.fromEntries(new URLSearchParams(hash.slice(ADDRESS.length)));
    const weights = (parts.weights ?? "").split(".").map(Number);
    const isWeight = (weight) => Number.isInteger(weight) && weight >= 0 && weight <= 100 * data.step;
    const isOffered =
      data.windows.some((window) => window.join("-") === parts.window) &&
      data.methods.some(({ normalisation, aggregation }) => normalisation === parts.normalisation && aggregation === parts.aggregation);
    if (weights.length !== data.indicators.length || !weights.every(isWeight) || !added(weights) || !isOffered) return null;
    const { normalisation, aggregation } = parts;
    return { window: parts.window.split("-").map(Number), normalisation, aggregation, weights };
  }

  // The panel

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function start(root) {
    const find = (name) => root.querySelector(`[data-whatif="${name}"]`);
    const data = JSON.parse(find("data").textContent);
    const say = (key, places = {}) => filled(data.words[key], places);
    const award = own(data);
    const standing = rank(data, award);
    const sent = addressed(data, location.hash);
    const trial = structuredClone({ ...award, ...sent });
    const counted = trial.weights.map(Boolean);
    const locale = { sv: "sv-SE", en: "en-GB" }[data.language];
    const figure = (decimals) => {
      const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
      return new Intl.NumberFormat(locale, { ...digits, useGrouping: false, signDisplay: "negative" }).format;
    };
    const [score, percent] = [figure(3), figure(1)];
    const names = (regions) => regions.map((region) => data.regions[region].name).join(", ");
    const labels = Object.fromEntries(data.indicators.map(({ name, label }) => [name, label]));
    const controls = data.indicators.map((_, column) => {
      const row = find("weights").children[column];
      const of = (name) => row.querySelector(`[data-whatif="${name}"]`);
      return { count: of("count"), slider: of("slider"), number: of("number"), share: of("share"), row };
    });
    let shapes = [];

    const choice = () => ({ ...trial, weights: trial.weights.map((weight, column) => (counted[column] ? weight : 0)) });

    function weigh(column, steps) {
      trial.weights[column] = steps * data.step;
      counted[column] = steps > 0;
    }

    // A ticked indicator without a weight gets the mean of the others'.
    function count(column, wanted) {
      const others = choice().weights.filter(Boolean);
      counted[column] = wanted;
      if (wanted && !trial.weights[column])
        trial.weights[column] = Math.max(1, Math.round((others.length ? added(others) / others.length : 50 * data.step) / data.step)) * data.step;
    }

    // The normalisations that an aggregation goes with.
    const fits = (aggregation) => data.methods.filter((method) => method.aggregation === aggregation).map((method) => method.normalisation);

    function showControls(now) {
      const whole = added(now.weights);
      find("window").value = now.window.join("-");
      for (const key of ["normalisation", "aggregation"]) find(key).value = now[key];
      for (const option of find("normalisation").options) option.disabled = !fits(now.aggregation).includes(option.value);
      controls.forEach(({ count: box, slider, number, share, row }, column) => {
        const steps = Math.round(trial.weights[column] / data.step);
        box.checked = counted[column];
        slider.value = steps;
        if (document.activeElement !== number) number.value = steps;
        share.textContent = say("share", { share: percent(whole ? (100 * now.weights[column]) / whole : 0) });
        slider.setAttribute("aria-valuetext", `${steps}, ${share.textContent}`);
        row.classList.toggle("whatif-dropped", !counted[column]);
      });
    }

    function moved(region, result) {
      const [before, after] = [standing.rank[region], result.rank[region]];
      if (!before) return [say("new"), say("new_spoken")];
      if (before === after) return ["=", say("still")];
      const [sign, key] = after < before ? ["▲", "up"] : ["▼", "down"];
      const by = Math.abs(before - after);
      return [`${sign}\u2009${by}`, say(key, { count: by, place: before }), key];
    }

    function resultRow(region, result, colour) {
      const [shown, spoken, way] = moved(region, result);
      const name = element("th", { scope: "row" }, data.regions[region].name);
      if (result.candidate[region])
        name.append(" ", element("span", { className: "whatif-tag" }, say(standing.candidate[region] ? "candidate" : "enters")));
      else if (standing.candidate[region]) name.append(" ", element("span", { className: "whatif-tag whatif-out" }, say("leaves")));
      const swatch = element("span", { className: "whatif-swatch", ariaHidden: "true" });
      swatch.style.backgroundColor = colour;
      name.prepend(swatch);
      return element(
        "tr",
        { className: result.candidate[region] ? "whatif-candidate" : "" },
        element("td", {}, String(result.rank[region])),
        element(
          "td",
          { className: way ? `whatif-${way}` : "" },
          element("span", { ariaHidden: "true" }, shown),
          element("span", { className: "whatif-spoken" }, spoken),
        ),
        name,
        element("td", {}, score(result.score[region])),
      );
    }

    function showResult(now, result) {
      const order = [...data.regions.keys()].filter((region) => result.rank[region]);
      order.sort((one, other) => result.rank[one] - result.rank[other]);
      const colour = scale(order.map((region) => result.score[region]), data.palette);
      find("ranked").replaceChildren(...order.map((region) => resultRow(region, result, colour(result.score[region]))));
      const unranked = [...data.regions.keys()].filter((region) => order.length && !result.rank[region]);
      find("unranked").hidden = !unranked.length;
      find("reasons").replaceChildren(
        ...unranked.map((region) => {
          const unknown = result.unknown[region].map((name) => labels[name]).join("; ");
          const why = say("unknown", { window: [...new Set(now.window)].join("–"), labels: unknown });
          return element("li", {}, element("strong", {}, data.regions[region].name), `: ${why}`);
        }),
      );
      shapes.forEach((shape, region) => {
        const places = { region: data.regions[region].name, place: result.rank[region], score: score(result.score[region] ?? 0) };
        const said = say(result.rank[region] ? "on_map" : "on_map_unranked", places);
        const label = result.candidate[region] ? `${said}, ${say("candidate").toLowerCase()}` : said;
        paint(shape, result.rank[region] ? colour(result.score[region]) : null, result.candidate[region], label);
      });
    }

    function sentence(now, result, isTrial) {
      if (!added(now.weights)) return say("no_weight");
      if (!result.rank.some(Boolean)) return say("nobody");
      const those = (wanted) => [...data.regions.keys()].filter(wanted).sort((one, other) => result.rank[one] - result.rank[other]);
      const chosen = names(those((region) => result.candidate[region]));
      const enter = those((region) => result.candidate[region] && !standing.candidate[region]);
      const leave = those((region) => !result.candidate[region] && standing.candidate[region]);
      if (!enter.length && !leave.length) return say(isTrial ? "same" : "candidates", { names: chosen });
      const parts = [enter.length && say("in", { names: names(enter) }), leave.length && say("out", { names: names(leave) })];
      return parts.filter(Boolean).join(" ");
    }

    let waiting;

    function show() {
      const now = choice();
      const result = rank(data, now);
      const isTrial = !same(now, award);
      root.classList.toggle("whatif-trial", isTrial);
      find("mark").textContent = say(isTrial ? "trial" : "own");
      find("reset").disabled = !isTrial;
      showControls(now);
      showResult(now, result);
      find("toml").value = toml(data, now);
      find("copy").disabled = !added(now.weights);
      find("copied").textContent = "";
      if (isTrial || location.hash.startsWith(ADDRESS)) history.replaceState(null, "", isTrial ? address(data, now) : "#whatif");
      clearTimeout(waiting);
      waiting = setTimeout(() => (find("sentence").textContent = sentence(now, result, isTrial)), ANNOUNCE_AFTER);
    }

    function listen(control, event, change) {
      control.addEventListener(event, () => {
        change(control);
        show();
      });
    }

    listen(find("normalisation"), "change", ({ value }) => (trial.normalisation = value));
    listen(find("aggregation"), "change", ({ value }) => {
      trial.aggregation = value;
      if (!fits(value).includes(trial.normalisation)) [trial.normalisation] = fits(value);
    });
    listen(find("window"), "change", ({ value }) => (trial.window = value.split("-").map(Number)));
    controls.forEach(({ count: box, slider, number }, column) => {
      listen(box, "change", ({ checked }) => count(column, checked));
      listen(slider, "input", ({ value }) => weigh(column, Number(value)));
      listen(number, "input", ({ value, validity }) => value !== "" && validity.valid && weigh(column, Number(value)));
      number.addEventListener("blur", show); // what is no weight gives way to the last that was
    });
    function take(choice) {
      Object.assign(trial, structuredClone(choice));
      counted.splice(0, counted.length, ...choice.weights.map(Boolean));
      show();
    }
    find("reset").addEventListener("click", () => {
      take(award);
      find("window").focus(); // the button is disabled now and would lose the focus
    });
    find("copy").addEventListener("click", async () => {
      const text = find("toml");
      text.select();
      const isCopied = await (navigator.clipboard?.writeText(text.value) ?? Promise.reject()).then(() => true, () => false);
      find("copied").textContent = say(isCopied ? "copied" : "selected");
    });
    find("off").hidden = true;
    find("panel").hidden = false;
    shapes = mapShapes(document.querySelector("#whatif-map svg"), data.regions);
    stayBelow([...document.querySelectorAll(".illustrative, body > nav")], find("head"));
    root.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    find("sentence").textContent = sentence(choice(), rank(data, choice()), Boolean(sent));
    show();
    if (sent) root.scrollIntoView();
    addEventListener("hashchange", () => {
      const next = addressed(data, location.hash);
      if (!next) return;
      take({ ...award, ...next });
      root.scrollIntoView();
    });
  }

  // The map

  // A score's colour: the palette's steps at even distances from the lowest score to the highest.
  function scale(scores, palette) {
    const lowest = Math.min(...scores);
    const spread = Math.max(...scores) - lowest;
    return (score) => palette[spread ? Math.min(Math.floor((palette.length * (score - lowest)) / spread), palette.length - 1) : palette.length - 1];
  }

  // Each region's links in the map. All else in it, legend and outlines, is the award's: it goes, and the map fills the room.
  function mapShapes(map, regions) {
    if (!map) return regions.map(() => []);
    for (const drawn of map.querySelectorAll("path, rect, text")) if (!drawn.closest("a")) drawn.remove();
    const box = map.getBBox();
    if (box.width) {
      map.setAttribute("viewBox", [box.x - 3, box.y - 3, box.width + 6, box.height + 6].join(" "));
      map.removeAttribute("width");
      map.removeAttribute("height");
    }
    const links = [...map.querySelectorAll("a")];
    return regions.map(({ code }) => links.filter((link) => link.href.baseVal === `#region-${code}`));
  }

  // The page's notice and contents may stay at its upper edge; the mark of a trial stays below them.
  function stayBelow(boxes, head) {
    const height = (box) => (getComputedStyle(box).position === "sticky" ? box.offsetHeight : 0);
    const observer = new ResizeObserver(() => (head.style.top = `${boxes.reduce((sum, box) => sum + height(box), 0)}px`));
    for (const box of boxes) observer.observe(box);
  }

  function paint(links, colour, isCandidate, label) {
    for (const link of links) {
      link.setAttribute("aria-label", label);
      for (const mark of link.querySelectorAll("path")) mark.setAttribute("data-label", label);
      for (const title of link.querySelectorAll("title")) title.textContent = label;
      link.parentNode.querySelectorAll(`:scope > [data-outline="${link.href.baseVal}"]`).forEach((outline) => outline.remove());
      for (const path of link.querySelectorAll("path")) {
        path.classList.toggle("whatif-no-place", !colour);
        path.style.fill = colour ?? "";
        if (isCandidate) link.parentNode.append(outlined(path, link));
      }
    }
  }

  // Neighbours would cover half of an outline: it is drawn once more, above them.
  function outlined(path, link) {
    const outline = path.cloneNode(false);
    for (const name of ["id", "role", "aria-label", "aria-roledescription", "data-label", "tabindex"]) outline.removeAttribute(name);
    outline.removeAttribute("style");
    outline.setAttribute("class", "whatif-outline");
    outline.setAttribute("vector-effect", "non-scaling-stroke");
    outline.setAttribute("aria-hidden", "true");
    outline.setAttribute("data-outline", link.href.baseVal);
    return outline;
  }

  globalThis.exportregion = { ...globalThis.exportregion, fsum, rank, toml };
  const begin = () => document.querySelectorAll(".whatif").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
