"use strict";
// The table of cases: sort, filter, columns on demand, and picking.
(() => {
  const table = document.getElementById("case-table");
  if (!table) return;
  const { run, make, told } = versebench;
  const head = table.tHead.rows[0];
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const filter = document.getElementById("case-filter");
  document.getElementById("case-controls").hidden = false;

  // Picking
  const boxes = rows.map((row) => {
    const number = Number(row.dataset.c);
    const box = make("input", "", { type: "checkbox", "aria-label": `Pick ${run.names[number]}` });
    box.addEventListener("change", () => versebench.toggle(number, true));
    row.cells[0].append(box);
    return box;
  });
  const clear = document.getElementById("case-clear");
  clear.addEventListener("click", () => versebench.pick([]));
  versebench.watch((picked) => {
    rows.forEach((row, place) => {
      const on = picked.has(Number(row.dataset.c));
      boxes[place].checked = on;
      row.classList.toggle("picked", on);
    });
    clear.hidden = picked.size === 0;
    clear.textContent = `Clear ${picked.size} picked`;
  });

  // Filtering: every word must be in the case's id
  const count = document.getElementById("case-count");
  const narrow = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of rows) {
      const id = run.ids[row.dataset.c].toLowerCase();
      row.hidden = !words.every((word) => id.includes(word));
      left += !row.hidden;
    }
    const all = `${rows.length} case${rows.length === 1 ? "" : "s"}`;
    count.textContent = left === rows.length ? all : left ? `${left} of ${all}` : "no case fits";
  };
  filter.addEventListener("input", narrow);
  narrow();

  // Sorting: numbers by their full value, words as words; what is missing goes last
  const value = (row, name) => {
    const column = run.columns[name];
    if (column?.values) return column.values[row.dataset.c];
    const place = [...head.cells].findIndex((cell) => cell.dataset.name === name);
    return row.cells[place].textContent.replace(/^[●○ ] /, ""); // the frontier's mark is no name
  };
  const sort = (cell) => {
    const name = cell.dataset.name;
    const first = cell.dataset.better === "higher" ? "descending" : "ascending";
    const other = first === "descending" ? "ascending" : "descending";
    const order = cell.getAttribute("aria-sort") === first ? other : first;
    for (const each of head.cells) if (each.dataset.name) each.setAttribute("aria-sort", "none");
    cell.setAttribute("aria-sort", order);
    const turn = order === "ascending" ? 1 : -1;
    const words = new Intl.Collator("en", { numeric: true });
    const keyed = rows.map((row) => [row, value(row, name)]);
    keyed.sort(([, a], [, b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return turn * (typeof a === "number" ? a - b : words.compare(a, b));
    });
    body.append(...keyed.map(([row]) => row));
  };
  const sortable = (cell) => {
    const label = cell.querySelector(".sort");
    const button = make("button", label.textContent, { type: "button", class: "sort" });
    button.title = label.title;
    button.addEventListener("click", () => sort(cell));
    label.replaceWith(button);
    cell.setAttribute("aria-sort", "none");
  };
  [...head.cells].filter((cell) => cell.dataset.name).forEach(sortable);

  // Columns: those of the head may be hidden, the others are made when they are asked for
  const cellsOf = (name) => {
    const place = [...head.cells].findIndex((cell) => cell.dataset.name === name);
    return place < 0 ? [] : [...table.rows].map((row) => row.cells[place]);
  };
  const add = (name) => {
    const column = run.columns[name];
    const kind = column.values ? { class: "number" } : {};
    const cell = make("th", "", { scope: "col", ...kind });
    Object.assign(cell.dataset, { name, better: column.better });
    const label = make("span", column.heading, { class: "sort" });
    label.title = column.meaning;
    cell.append(label);
    head.append(cell);
    sortable(cell);
    for (const row of rows) {
      const number = row.dataset.c;
      const text = column.values ? told(column.values[number]) : column.cells[number];
      const mark = column.best?.includes(Number(number)) ? { class: "number best" } : kind;
      row.append(make("td", text, mark));
    }
    for (const row of table.tFoot?.rows ?? []) row.append(make("td"));
  };
  const options = document.getElementById("case-columns");
  for (const [name, column] of Object.entries(run.columns)) {
    const box = make("input", "", { type: "checkbox" });
    box.checked = column.shown;
    box.addEventListener("change", () => {
      const there = cellsOf(name);
      if (there.length === 0) add(name);
      else there.forEach((cell) => { cell.hidden = !box.checked; });
    });
    const label = make("label");
    label.title = column.meaning;
    label.append(box, make("span", column.heading));
    options.append(label);
  }
  const menu = options.closest("details");
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
