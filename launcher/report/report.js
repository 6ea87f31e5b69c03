// Draws what `store du --json` says. All text goes in by textContent: names in the data are
// strangers'. What is shown is in the fragment of the address (#show=2&trees=bytes,down), so that
// it can be bookmarked.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  for (; value >= 1000 && unit + 1 < units.length; ++unit) value /= 1000;
  return `${value.toFixed(1)} ${units[unit]}`;
}

// Wheels and composites in one list, each with the numbers of the environments that need it.
function collectTrees() {
  const trees = new Map();
  for (const [kind, list] of [["wheel", data.wheels], ["composite", data.composites]]) {
    for (const tree of list) {
      trees.set(tree.id, { kind, name: tree.id, version: "", ...tree, users: [],
        total: tree.bytes + tree.bytecode_bytes });
    }
  }
  data.environments.forEach((environment, number) => {
    for (const id of new Set([...environment.wheels, ...environment.composites])) {
      if (trees.has(id)) trees.get(id).users.push(number);
    }
  });
  return [...trees.values()];
}

const trees = collectTrees();
const title = (environment) => environment.lock || environment.prefix;
const use = (tree) => ["unused", "alone"][tree.users.length] ?? "shared";
const sum = (list, key) => list.reduce((total, item) => total + item[key], 0);

function readState() {
  const state = new URLSearchParams(location.hash.slice(1));
  const show = state.has("show") ? Number(state.get("show")) : -1;
  const order = (name, otherwise) => (state.get(name) ?? otherwise).split(",");
  return { show: data.environments[show] ? show : -1, trees: order("trees", "total,down"),
    environments: order("environments", "title,up") };
}

let state = readState();

function change(what) {
  state = { ...state, ...what };
  const text = new URLSearchParams({ trees: state.trees, environments: state.environments });
  if (state.show >= 0) text.set("show", state.show);
  history.replaceState(null, "", `#${text}`);
  draw();
}

// A table whose heads are buttons that sort it. A column is {key, head, text, value, cell}.
function drawTable(name, columns, rows, decorate) {
  const table = byId(name);
  const focused = document.activeElement?.dataset?.column;
  const [key, direction] = state[name];
  const column = columns.find((item) => item.key === key) ?? columns[0];
  const down = direction === "down";
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const sorted = [...rows].sort(
    (a, b) => compare(column.value(a), column.value(b)) * (down ? -1 : 1));
  const heads = columns.map((item) => {
    const chosen = item === column;
    const button = element("button", { type: "button", textContent: item.head });
    button.dataset.column = `${name} ${item.key}`;
    const next = chosen ? (down ? "up" : "down") : item.text ? "up" : "down";
    button.addEventListener("click", () => change({ [name]: [item.key, next] }));
    const head = element("th", { scope: "col", className: item.text ? "text" : "" }, button);
    head.ariaSort = chosen ? (down ? "descending" : "ascending") : "none";
    return head;
  });
  const lines = sorted.map((row) => {
    const line = element("tr", {}, ...columns.map((item) => {
      const cell = element("td", { className: item.text ? "text" : "" });
      cell.append(item.cell ? item.cell(row) : String(item.value(row)));
      cell.dataset[item.key] = item.value(row);
      return cell;
    }));
    decorate(line, row);
    return line;
  });
  table.replaceChildren(element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...lines));
  if (focused) table.querySelector(`[data-column="${focused}"]`)?.focus();
}

const bytes = (key, head) =>
  ({ key, head, value: (row) => row[key], cell: (row) => size(row[key]) });

function drawEnvironments() {
  const choose = (row) => {
    const button = element("button", { type: "button", textContent: title(row) });
    button.dataset.column = `choose ${row.number}`;
    button.ariaPressed = String(row.number === state.show);
    button.addEventListener("click", () => change({ show: row.number }));
    return button;
  };
  const columns = [
    { key: "title", head: "lock or directory", text: true, value: title, cell: choose },
    bytes("shared_bytes", "shares"), bytes("alone_bytes", "holds alone"),
    bytes("prefix_bytes", "its directory"), bytes("venv_bytes", "as an ordinary venv"),
  ];
  const rows = data.environments.map((item, number) => ({ ...item, number }));
  drawTable("environments", columns, rows, (line, row) => {
    line.ariaCurrent = String(row.number === state.show);
    line.title = row.prefix;
  });
}

function drawTrees(shown) {
  const columns = [
    { key: "name", head: "name", text: true, value: (tree) => tree.name },
    { key: "version", head: "version", text: true, value: (tree) => tree.version },
    { key: "kind", head: "kind", text: true, value: (tree) => tree.kind },
    bytes("bytes", "files"), bytes("bytecode_bytes", "bytecode"), bytes("total", "together"),
    { key: "users", head: "environments", value: (tree) => tree.users.length },
  ];
  drawTable("trees", columns, shown, (line, tree) => {
    line.dataset.id = tree.id;
    line.title = [tree.id, ...tree.users.map((n) => title(data.environments[n]))].join("\n");
  });
}

// Squarified: rows along the shorter side, each as long as its worst tile gets less narrow.
function layOut(items, width, height) {
  const tiles = [];
  let [x, y, w, h] = [0, 0, width, height];
  let rest = sum(items, "total");
  const worst = (row, total, side) => {
    const depth = ((total / rest) * w * h) / side;
    return Math.max(...[row[0], row.at(-1)].map((item) => {
      const length = (item.total / total) * side;
      return Math.max(length / depth, depth / length);
    }));
  };
  for (let i = 0; i < items.length;) {
    const side = Math.min(w, h);
    let end = i + 1;
    let total = items[i].total;
    while (end < items.length && worst(items.slice(i, end + 1), total + items[end].total, side) <=
        worst(items.slice(i, end), total, side)) {
      total += items[end++].total;
    }
    const depth = ((total / rest) * w * h) / side;
    let at = 0;
    for (const item of items.slice(i, end)) {
      const length = (item.total / total) * side;
      tiles.push(w >= h ? { item, x, y: y + at, w: depth, h: length }
        : { item, x: x + at, y, w: length, h: depth });
      at += length;
    }
    [x, y, w, h] = w >= h ? [x + depth, y, w - depth, h] : [x, y + depth, w, h - depth];
    rest -= total;
    i = end;
  }
  return tiles;
}

// What is too small to be seen is one tile.
function mapItems() {
  const sorted = trees.filter((tree) => tree.total > 0).sort((a, b) => b.total - a.total);
  const most = 250;
  if (sorted.length <= most) return sorted;
  const small = sorted.slice(most);
  return [...sorted.slice(0, most), { name: `${small.length} smaller ones`, version: "", users: [],
    total: sum(small, "total") }].sort((a, b) => b.total - a.total);
}

function drawMap() {
  const [width, height] = [1000, 400];
  const tiles = layOut(mapItems(), width, height).map(({ item, x, y, w, h }) => {
    const users = item.users.map((number) => title(data.environments[number]));
    const text = `${item.name} ${item.version} ${size(item.total)}`;
    const story = `${text}; ${users.length ? `needed by ${users.join(", ")}`
      : "needed by no environment"}`;
    const button = element("button", { type: "button", textContent: text, title: story });
    const tell = () => { byId("told").textContent = story; };
    button.addEventListener("focus", tell);
    button.addEventListener("click", tell);
    const tile = element("div", { className: use(item) }, button);
    if (state.show >= 0 && !item.users.includes(state.show)) tile.classList.add("other");
    tile.role = "listitem";
    tile.dataset.total = item.total;
    const percent = (part, whole) => `${(part / whole) * 100}%`;
    Object.assign(tile.style, { left: percent(x, width), top: percent(y, height),
      width: percent(w, width), height: percent(h, height) });
    return tile;
  });
  byId("map").replaceChildren(...tiles);
}

function drawSums() {
  const parts = [
    ["standard libraries", "standard_library_bytes"],
    ["programs", "program_bytes"],
    ["built wheels", "built_bytes"],
  ].filter(([, key]) => data[key] > 0);
  const own = data.bytes + data.bytecode_bytes + sum(data.environments, "prefix_bytes") +
    parts.reduce((total, [, key]) => total + data[key], 0);
  const facts = [
    ["wheels", "count", data.wheels.length, String(data.wheels.length)],
    ["files", "bytes", data.bytes, size(data.bytes)],
    ["bytecode", "bytecode_bytes", data.bytecode_bytes, size(data.bytecode_bytes)],
    ...parts.map(([name, key]) => [name, key, data[key], size(data[key])]),
    ["environments", "environments", data.environments.length, String(data.environments.length)],
    ["all together", "own", own, size(own)],
    ["as ordinary venvs", "venv_bytes", sum(data.environments, "venv_bytes"),
      size(sum(data.environments, "venv_bytes"))],
  ];
  byId("sums").replaceChildren(...facts.map(([name, key, value, text]) => {
    const number = element("dd", { textContent: text });
    number.dataset[key] = value;
    return element("div", {}, element("dt", { textContent: name }), number);
  }));
}

function draw() {
  byId("everything").ariaPressed = String(state.show < 0);
  drawEnvironments();
  drawMap();
  drawTrees(state.show < 0 ? trees : trees.filter((tree) => tree.users.includes(state.show)));
}

byId("place").textContent = `${data.store}, ${data.time}`;
byId("everything").addEventListener("click", () => change({ show: -1 }));
addEventListener("hashchange", () => { state = readState(); draw(); });
drawSums();
draw();
