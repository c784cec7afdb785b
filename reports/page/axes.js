"use strict";
// Where the axes of a chart begin and end, and where its names stand: over no point, over no name.
versebench.axes = (() => {
  const NEAR = 0.35; // an axis begins at 0 where its values come so near to it
  const FAR = 50; // times between the values from which an axis is logarithmic
  const MARGIN = 0.06; // of what the values span
  const POINT = 7; // pixels around the middle of a point
  const HALF_LINE = 7; // pixels
  const LONGEST = 220; // pixels of a name
  const [FEW, CROWD] = [16, 24]; // points that all have names; names on the frontier
  const pen = document.createElement("canvas").getContext("2d");

  /** Pixels that a text takes in a chart. */
  const wide = (text, size = 12) => {
    pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
    return pen.measureText(text).width;
  };
  /** A text cut to so many pixels. */
  const cut = (text, most) => {
    if (wide(text) <= most) return text;
    const letters = Array.from(text);
    while (letters.length > 1 && wide(`${letters.join("")}…`) > most) letters.pop();
    return `${letters.join("")}…`;
  };
  /** The scale that holds all of `ends`, and what to say of it where it does not begin at 0. */
  function scale(values, ends, { reverse = false, edge = false } = {}) {
    const [least, most] = ends.length ? [Math.min(...ends), Math.max(...ends)] : [0, 1];
    if (least > 0 && Math.max(...values) > FAR * Math.min(...values)) {
      return { type: "log", domain: [least / 1.3, most * 1.3], reverse, nice: false, note: " (logarithmic)" };
    }
    const from0 = least >= 0 && least <= NEAR * most;
    const alone = least === most; // one value: a tenth of it to either side
    const bottom = from0 ? 0 : alone ? least - Math.abs(least) / 10 : least;
    const span = (alone ? most + Math.abs(most) / 10 || 1 : most) - bottom;
    const low = from0 && edge ? 0 : bottom - MARGIN * span;
    const high = bottom + (1 + MARGIN) * span;
    return { domain: [low, high], reverse, nice: false, zero: false, note: low > 0 || high < 0 ? " (not from 0)" : "" };
  }
  /** The share of the axis at which a value stands. */
  const place = ({ domain, type, reverse }, value) => {
    const at = (one) => (type === "log" ? Math.log(one) : one);
    const share = (at(value) - at(domain[0])) / (at(domain[1]) - at(domain[0]));
    return reverse ? 1 - share : share;
  };
  /** Widen an axis to the right until a text of so many pixels fits after each value. */
  function widen(axis, texts, width) {
    const at = (one) => (axis.type === "log" ? Math.log(one) : one);
    const low = at(axis.domain[0]);
    const needed = texts.map(([value, pixels]) => (at(value) - low) * (width / Math.max(width / 3, width - pixels)));
    const high = Math.max(at(axis.domain[1]), ...needed.map((more) => low + more));
    return { ...axis, domain: [axis.domain[0], axis.type === "log" ? Math.exp(high) : high] };
  }
  /**
   * Set `side` (and `label`) of each row whose name finds room: all of few, of more those on the
   * frontier, and none where even these are a crowd. `sides` says where a name may stand beside its
   * point, as the marks of the chart do.
   */
  function label(rows, x, y, width, height, sides) {
    if (rows.filter((row) => row.place === "on").length > CROWD) return;
    const spots = rows.map((row) => ({ row, x: place(x, row.x) * width, y: (1 - place(y, row.y)) * height }));
    const box = (left, right, middle, half) => ({ left, right, top: middle - half, bottom: middle + half });
    const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const taken = [];
    const points = spots.map((spot) => box(spot.x - POINT, spot.x + POINT, spot.y, POINT));
    const order = [...spots.keys()].sort((a, b) => (rows[b].place === "on") - (rows[a].place === "on"));
    for (const index of order) {
      const { row, x: across, y: up } = spots[index];
      if (row.place !== "on" && rows.length > FEW) break;
      row.label = cut(row.name, Math.min(LONGEST, width / 2));
      const pixels = wide(row.label);
      const found = [];
      for (const { side, align, dx, dy } of sides) {
        const left = across + dx - (align === "right" ? pixels : 0);
        const own = box(left, left + pixels, up + dy, HALF_LINE);
        if (left < 0 || own.right > width + 8 || taken.some((other) => meets(own, other))) continue;
        found.push({ side, own, over: points.filter((point, i) => i !== index && meets(own, point)).length });
      }
      const [best] = found.sort((a, b) => a.over - b.over);
      if (!best || (best.over && row.place !== "on")) continue;
      row.side = best.side;
      taken.push(best.own);
    }
  }
  /** References that stand near each other share one text, at the last of them. */
  function joined(references, axis, width) {
    const sorted = [...references].sort((a, b) => a.value - b.value);
    sorted.forEach((one, i) => {
      const next = sorted[i + 1];
      const gap = next && (place(axis, next.value) - place(axis, one.value)) * width;
      if (next && gap < wide(one.kind, 11) + 12) {
        next.kind = `${one.kind}, ${next.kind}`;
        one.kind = "";
      }
    });
    return sorted;
  }
  /** How a legend of these names fits into so many pixels. */
  const legend = (names, width) => {
    const each = Math.max(0, ...names.map((name) => wide(name))) + 34;
    return { columns: Math.max(1, Math.min(6, Math.floor(width / each))), labelLimit: Math.max(80, width - 34) };
  };
  return { wide, cut, scale, widen, label, joined, legend };
})();
