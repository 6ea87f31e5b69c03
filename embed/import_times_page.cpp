#include "embed/import_times_page.hpp"

namespace pel {

const char* const kImportTimesPageHead = R"html(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Import times</title>
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #1d2430; background: #fff; }
h1 { font-size: 1.2rem; margin: 0 0 .3rem; }
#bar { display: flex; gap: .6rem; align-items: center; margin: .6rem 0; min-height: 2rem; }
#graph { position: relative; overflow: hidden; border: 1px solid #d5dae2; border-radius: 4px; }
.f { position: absolute; height: 18px; box-sizing: border-box; border: 1px solid #fff; padding: 0 3px;
 font-size: 11px; line-height: 16px; white-space: nowrap; overflow: hidden; cursor: pointer;
 border-radius: 2px; color: #1d2430; }
.f:hover { outline: 2px solid #1d2430; z-index: 1; }
.dim { opacity: .25; }
table { border-collapse: collapse; margin-top: 1rem; }
td, th { text-align: right; padding: 1px 10px; } td:last-child, th:last-child { text-align: left; }
th { border-bottom: 1px solid #d5dae2; cursor: pointer; }
@media (prefers-color-scheme: dark) {
 body { background: #16191f; color: #dfe3ea; } .f { border-color: #16191f; }
 #graph, th { border-color: #3a414d; }
}
</style></head><body>
<h1>Import times</h1><div id="sum"></div>
<div id="bar"><input id="find" type="search" placeholder="find a module" aria-label="find a module">
<button id="all">show all</button><span id="info"></span></div>
<div id="graph" role="img" aria-label="flame graph of imports"></div>
<table><thead><tr><th data-k="self">self ms</th><th data-k="total">total ms</th>
<th data-k="begin">begins at</th><th data-k="name">module</th></tr></thead>
<tbody id="rows"></tbody></table>
<script type="application/json" id="data">)html";

const char* const kImportTimesPageTail = R"html(</script>
<script>
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const all = data.imports.map(([name, parent, depth, begin, total, failed]) =>
  ({name, parent, depth, begin, total, failed, self: total, children: []}));
for (const one of all) if (one.parent >= 0) {
  all[one.parent].self -= one.total;
  all[one.parent].children.push(one);
}
const tops = all.filter(one => one.parent < 0);
const ms = value => value.toFixed(2);
const by = id => document.getElementById(id);
by("sum").textContent = `${all.length} imports took ` +
  `${ms(tops.reduce((sum, one) => sum + one.total, 0))} ms of ${ms(data.end)} ms`;
const colour = one => {
  let hash = 0;
  for (const c of one.name.split(".")[0]) hash = (hash * 31 + c.codePointAt(0)) % 360;
  return `hsl(${hash} 60% 75%)`;
};
const ROW = 19;
let from = null;
function place(graph, one, left, scale, level) {
  const width = one.total * scale;
  if (width < 0.8) return level;
  const box = document.createElement("div");
  box.className = "f";
  box.style.cssText = `left:${left}px;width:${width}px;top:${level * ROW}px;background:${colour(one)}`;
  box.textContent = one.name;
  box.title = `${one.name}${one.failed ? " (failed)" : ""}\n${ms(one.total)} ms, of these ` +
    `${ms(one.self)} in itself`;
  box.onmouseenter = () => { by("info").textContent = box.title.replace("\n", ": "); };
  box.onclick = () => { from = one; draw(); };
  box.dataset.name = one.name;
  graph.append(box);
  let deepest = level;
  for (const child of one.children)
    deepest = Math.max(deepest, place(graph, child, left + (child.begin - one.begin) * scale,
                                      scale, level + 1));
  return deepest;
}
function draw() {
  const graph = by("graph");
  graph.replaceChildren();
  const roots = from ? [from] : tops;
  const sum = roots.reduce((total, one) => total + one.total, 0) || 1;
  const scale = (graph.clientWidth || 1000) / sum;
  let left = 0, deepest = 0;
  for (const one of roots) {
    deepest = Math.max(deepest, place(graph, one, left, scale, 0));
    left += one.total * scale;
  }
  graph.style.height = `${(deepest + 1) * ROW}px`;
  mark();
}
function mark() {
  const wanted = by("find").value;
  for (const box of by("graph").children)
    box.classList.toggle("dim", wanted !== "" && !box.dataset.name.includes(wanted));
}
function rows(key) {
  const order = [...all].sort((a, b) => key === "name" ? a.name.localeCompare(b.name)
    : key === "begin" ? a.begin - b.begin : b[key] - a[key]);
  by("rows").replaceChildren(...order.map(one => {
    const row = document.createElement("tr");
    for (const text of [ms(one.self), ms(one.total), ms(one.begin), one.name])
      row.insertCell().textContent = text;
    return row;
  }));
}
for (const head of document.querySelectorAll("th")) head.onclick = () => rows(head.dataset.k);
by("find").oninput = mark;
by("all").onclick = () => { from = null; draw(); };
window.onresize = draw;
draw();
rows("self");
</script></body></html>
)html";

}  // namespace pel
