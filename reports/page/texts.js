"use strict";
// The browser of the texts: search, by case and prompt, one after another or side by side.
(() => {
  const list = document.getElementById("text-list");
  if (!list) return;
  const { run, read, told, make } = versebench;
  const { prompts, scores, texts } = read("samples");
  const by = (id) => document.getElementById(`text-${id}`);
  const PER_PAGE = 20;
  let at = 0;

  const option = (select, text, value) => select.append(make("option", text, { value }));
  const short = (text) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
  option(by("case"), "all, or those picked", "");
  run.names.forEach((name, c) => option(by("case"), name, c));
  option(by("prompt"), "all", "");
  prompts.forEach((prompt, p) => option(by("prompt"), short(prompt), p));

  /** Append text, with each place where the search was found marked. */
  function paint(parent, text, wanted) {
    const where = wanted ? text.toLowerCase() : "";
    let from = 0;
    for (let next; wanted && (next = where.indexOf(wanted, from)) >= 0; from = next + wanted.length) {
      parent.append(text.slice(from, next), make("mark", text.slice(next, next + wanted.length)));
    }
    parent.append(text.slice(from));
  }
  /** Append a loop, its turns in two shades. */
  function paintLoop(parent, one, wanted) {
    const letters = Array.from(one.l);
    for (let turn = 0; turn * one.n < letters.length; turn++) {
      const mark = make("mark", "", { class: turn % 2 ? "loop other" : "loop" });
      paint(mark, letters.slice(turn * one.n, (turn + 1) * one.n).join(""), wanted);
      parent.append(mark);
    }
  }
  function card(one, wanted) {
    const article = make("article", "", { class: "sample" });
    const head = make("header");
    head.append(make("b", run.names[one.c]), make("span", `text ${one.r + 1}`));
    if (one.o) head.append(make("span", "loops", { class: "badge warn" }));
    article.append(head);
    const words = make("p", "", { class: "words", dir: "auto", ...(one.z ? { lang: "zh" } : {}) });
    const prompt = make("span", "", { class: "prompt" });
    paint(prompt, prompts[one.p], wanted);
    words.append(prompt);
    paint(words, one.t, wanted);
    if (one.l) paintLoop(words, one, wanted);
    if (one.x) words.append(make("span", ` … ${one.x.toLocaleString("en")} more characters`, { class: "more" }));
    else if (one.e === 0) words.append(make("span", " …", { class: "more", title: "cut at max_length" }));
    article.append(words);
    const judged = scores.map((title, i) => [title, one.s[i]]).filter(([, value]) => value !== null);
    if (judged.length) article.append(make("p", judged.map(([title, value]) => `${title} ${told(value)}`).join(" · "), { class: "scores" }));
    if (one.d !== undefined) head.append(drawer(article, one.d));
    return article;
  }
  /** A button that shows the judged poem below its text. */
  function drawer(article, number) {
    const button = make("button", "Draw the verse", { type: "button", "aria-expanded": "false" });
    button.addEventListener("click", () => {
      const open = article.querySelector(".drawing");
      button.setAttribute("aria-expanded", String(!open));
      if (open) return open.remove();
      const place = make("div", "", { class: "drawing" });
      place.append(document.getElementById(`poem-${number}`).content.cloneNode(true));
      article.append(place);
    });
    return button;
  }

  function found() {
    const wanted = by("search").value.toLowerCase();
    const [chosen, prompt, loops] = [by("case").value, by("prompt").value, by("loops").checked];
    return texts.filter((one) =>
      (chosen === "" ? versebench.picked.size === 0 || versebench.picked.has(one.c) : one.c === Number(chosen)) &&
      (prompt === "" || one.p === Number(prompt)) && (!loops || one.o) &&
      (!wanted || `${prompts[one.p]} ${one.t}${one.l ?? ""}`.toLowerCase().includes(wanted)));
  }
  /** Pages: twenty texts each; side by side, all texts of one prompt and repeat. */
  function pages(all) {
    if (by("view").value === "list") {
      const cut = [];
      for (let i = 0; i < all.length; i += PER_PAGE) cut.push(all.slice(i, i + PER_PAGE));
      return cut;
    }
    const groups = new Map();
    for (const one of all) {
      const key = `${one.p} ${one.r}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(one);
    }
    return [...groups.values()];
  }
  function show() {
    const all = found();
    const cut = pages(all);
    const beside = by("view").value === "beside";
    at = Math.max(0, Math.min(at, cut.length - 1));
    const page = cut[at] ?? [];
    list.replaceChildren(...page.map((one) => card(one, by("search").value.toLowerCase())));
    list.classList.toggle("beside", beside);
    const place = cut.length > 1 ? `, ${beside ? "" : "page "}${at + 1} of ${cut.length}` : "";
    const what = beside && page.length
      ? `“${short(prompts[page[0].p])}”, text ${page[0].r + 1}`
      : `${all.length.toLocaleString("en")} text${all.length === 1 ? "" : "s"}`;
    by("count").textContent = `${what}${place}`;
    by("back").disabled = at === 0;
    by("next").disabled = at >= cut.length - 1;
  }
  const turn = (step) => () => { at += step; show(); };
  by("back").addEventListener("click", turn(-1));
  by("next").addEventListener("click", turn(1));
  const afresh = () => { at = 0; show(); };
  for (const id of ["search", "case", "prompt", "view", "loops"]) by(id).addEventListener("input", afresh);
  versebench.watch(afresh);
})();
