"use strict";

// Sort: each heading with a kind becomes a button; rows without a value stay last.

const collator = new Intl.Collator("en", { numeric: true });

function valueOf(row, column, kind) {
  const value = row.cells[column].dataset.value;
  return kind === "number" && value !== "" ? Number(value) : value;
}

function compare(a, b, kind) {
  return kind === "number" ? a - b : collator.compare(a, b);
}

function sortRows(table, heading, direction) {
  const column = heading.cellIndex;
  const kind = heading.dataset.kind;
  const sign = direction === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((row) => [valueOf(row, column, kind), row]);
  keyed.sort(([a], [b]) =>
    a === "" || b === "" ? (a === "") - (b === "") : sign * compare(a, b, kind));
  body.append(...keyed.map(([, row]) => row));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", direction);
}

function makeSortable(table) {
  for (const heading of table.querySelectorAll("thead th[data-kind]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const isAscending = heading.getAttribute("aria-sort") === "ascending";
      sortRows(table, heading, isAscending ? "descending" : "ascending");
    });
  }
}

// Filter: a row stays if it has what every field asks for.

function passes(row, fields) {
  const { name, ...exact } = Object.fromEntries(fields);
  const system = row.querySelector("th").dataset.value.toLowerCase();
  return system.includes(name.trim().toLowerCase())
    && Object.entries(exact).every(([key, value]) => value === "" || row.dataset[key] === value);
}

function makeFilters(form) {
  const rows = [...document.getElementById(form.dataset.filters).tBodies[0].rows];
  const output = form.querySelector("output");
  const update = () => {
    const fields = [...new FormData(form)];
    for (const row of rows) row.hidden = !passes(row, fields);
    output.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} shown`;
  };
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  update();
}

document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
document.querySelectorAll("form[data-filters]").forEach(makeFilters);
