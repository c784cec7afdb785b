"use strict";
// What the parts of the page share: the data of the run, which cases are picked, how numbers read.
const versebench = (() => {
  const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
  const run = read("run");
  const picked = new Set();
  const watchers = [];
  const changed = () => watchers.forEach((watcher) => watcher(picked));
  document.documentElement.classList.add("scripted");
  return {
    read,
    run,
    picked,
    /** Call `watcher` now, and whenever other cases are picked. */
    watch(watcher) {
      watchers.push(watcher);
      watcher(picked);
    },
    /** Pick these cases and no others. */
    pick(numbers) {
      picked.clear();
      numbers.forEach((number) => picked.add(number));
      changed();
    },
    /** Pick a case, or no longer; alone, or beside those picked already. */
    toggle(number, beside) {
      const was = picked.has(number);
      if (!beside) picked.clear();
      if (was) picked.delete(number);
      else picked.add(number);
      changed();
    },
    /** A number in three digits, as the tables of versebench show it. */
    told(value) {
      if (value === null || value === undefined) return "–";
      const size = Math.abs(value);
      if (value === 0) return "0";
      if (size < 1e-4 || size >= 1e9) return value.toPrecision(3);
      return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(size))));
    },
    /** An element with text (never markup) and attributes. */
    make(tag, text = "", attributes = {}) {
      const element = document.createElement(tag);
      element.textContent = text;
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      return element;
    },
  };
})();
