(function () {
  "use strict";

  var root = document.documentElement;
  var figures = JSON.parse(document.getElementById("figures").textContent);
  var still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  var SIZES = ["minimum", "desired", "maximum"];
  var usd = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  var exact = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  var charts = [];

  // Colours: as the system has them, or light, or dark. A page from a disk may have no storage.
  var themes = ["automatic", "light", "dark"];
  var button = document.getElementById("theme");
  function kept() {
    try { return localStorage.getItem("gpufleet-colours"); } catch (error) { return null; }
  }
  function keep(theme) {
    try { localStorage.setItem("gpufleet-colours", theme); } catch (error) { return; }
  }
  function setTheme(theme) {
    if (theme === "automatic") { root.removeAttribute("data-theme"); } else { root.setAttribute("data-theme", theme); }
    button.textContent = "Colours: " + theme;
    button.dataset.theme = theme;
    recolour();
  }
  button.hidden = false;
  button.addEventListener("click", function () {
    var next = themes[(themes.indexOf(button.dataset.theme) + 1) % themes.length];
    keep(next);
    setTheme(next);
  });

  // Charts take their colours from the style sheet, so that they follow it.
  var probe = document.createElement("span");
  probe.hidden = true;
  document.body.appendChild(probe);
  function colour(name) {
    probe.style.color = "var(--" + name + ")";
    return getComputedStyle(probe).color;
  }
  function palette(count) {
    return Array.from({ length: count }, function (_, place) { return colour("c" + (place % 8 + 1)); });
  }
  function recolour() {
    charts.forEach(function (chart) {
      var colours = palette(chart.data.datasets.length);
      chart.data.datasets.forEach(function (set, place) { set.backgroundColor = colours[place]; });
      dress(chart.options);
      chart.update();
    });
  }
  function dress(options) {
    var ink = colour("ink"), line = colour("line"), paper = colour("paper");
    options.plugins.legend.labels.color = ink;
    Object.keys(options.scales).forEach(function (axis) {
      options.scales[axis].ticks.color = ink;
      options.scales[axis].grid.color = line;
    });
    Object.assign(options.plugins.tooltip, {
      backgroundColor: paper, titleColor: ink, bodyColor: ink, borderColor: line, borderWidth: 1
    });
  }
  function draw(canvas, labels, sets, stacked) {
    var colours = palette(sets.length);
    sets.forEach(function (set, place) { set.backgroundColor = colours[place]; set.maxBarThickness = 34; });
    var options = {
      indexAxis: "y",
      animation: false,
      maintainAspectRatio: false,
      resizeDelay: still ? 0 : 50,
      plugins: {
        legend: { position: "bottom", labels: { boxWidth: 12 } },
        tooltip: { callbacks: { label: function (item) { return item.dataset.label + ": " + exact.format(item.parsed.x) + " USD"; } } }
      },
      scales: {
        x: { stacked: stacked, beginAtZero: true, grid: {}, ticks: { maxTicksLimit: 6, callback: function (value) { return usd.format(value); } } },
        y: { stacked: stacked, grid: { display: false }, ticks: { autoSkip: false } }
      }
    };
    dress(options);
    canvas.closest("figure").hidden = false;
    charts.push(new Chart(canvas, { type: "bar", data: { labels: labels, datasets: sets }, options: options }));
  }
  function drawParts(identity, parts) {
    var canvas = document.getElementById(identity);
    if (!canvas || !parts.length) { return; }
    var flat = parts.every(function (part) { return part.values[0] === part.values[1] && part.values[1] === part.values[2]; });
    var labels = flat ? ["a month"] : SIZES;
    if (flat) { canvas.parentElement.style.height = "170px"; }
    draw(canvas, labels, parts.map(function (part) {
      return { label: part.name, data: flat ? part.values.slice(0, 1) : part.values };
    }), true);
  }
  function drawStack(section) {
    if (section.dataset.drawn || !figures.each[section.id]) { return; }
    section.dataset.drawn = "yes";
    drawParts(section.id + "-pools", figures.each[section.id].pools);
    drawParts(section.id + "-components", figures.each[section.id].components);
  }
  function drawAll() {
    var stacks = (figures.all.stacks || []).slice(0, 25);
    var canvas = document.getElementById("all-stacks");
    if (canvas && stacks.length) {
      canvas.parentElement.style.height = 90 + 46 * stacks.length + "px";
      draw(canvas, stacks.map(function (one) { return one.name; }), SIZES.map(function (size, place) {
        return { label: size, data: stacks.map(function (one) { return one.values[place]; }) };
      }), false);
    }
    document.querySelectorAll("main > section").forEach(function (section) {
      var whole = section.querySelector("details.stack");
      if (!whole) { return; }
      if (whole.open) { drawStack(section); }
      whole.addEventListener("toggle", function () { if (whole.open) { drawStack(section); } });
    });
  }

  // A tree shows what has every word of the search in its line or its properties, and what stands above that.
  function search(input) {
    var tree = document.getElementById(input.dataset.tree);
    var told = input.parentElement.querySelector(".found");
    var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    var found = 0;
    function visit(item) {
      var whole = item.firstElementChild;
      var own = "";
      var below = false;
      Array.from(whole.tagName === "DETAILS" ? whole.children : [whole]).forEach(function (part) {
        if (part.tagName === "UL") {
          Array.from(part.children).forEach(function (child) { below = visit(child) || below; });
        } else { own += " " + part.textContent.toLowerCase(); }
      });
      var hit = words.every(function (word) { return own.includes(word); });
      found += hit ? 1 : 0;
      item.hidden = !(hit || below);
      item.classList.toggle("hit", hit && words.length > 0);
      if (whole.tagName === "DETAILS" && words.length) { whole.open = below; }
      return hit || below;
    }
    Array.from(tree.children).forEach(visit);
    told.textContent = words.length ? (found === 1 ? "1 resource found" : found + " resources found") : told.dataset.all;
  }
  document.querySelectorAll("input[data-tree]").forEach(function (input) {
    var box = input.parentElement;
    box.hidden = false;
    box.previousElementSibling.hidden = true;
    input.addEventListener("input", function () { search(input); });
  });
  function openAll(identity, open) {
    document.getElementById(identity).querySelectorAll("details").forEach(function (one) { one.open = open; });
  }
  document.querySelectorAll("button[data-open]").forEach(function (one) {
    one.addEventListener("click", function () { openAll(one.dataset.open, true); });
  });
  document.querySelectorAll("button[data-close]").forEach(function (one) {
    one.addEventListener("click", function () { openAll(one.dataset.close, false); });
  });

  // A link into a closed stack opens it.
  function reveal() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var whole = target && target.querySelector("details.stack");
    if (whole) { whole.open = true; target.scrollIntoView(); }
  }
  addEventListener("hashchange", reveal);

  // On paper: every stack, every line of its cost and every rule, in light colours, with charts as wide as their place.
  function paper(printing) {
    if (printing) { document.querySelectorAll("details.stack, details.lines").forEach(function (one) { one.open = true; }); }
    recolour();
    charts.forEach(function (chart) { chart.resize(); });
  }
  matchMedia("print").addEventListener("change", function (event) { paper(event.matches); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  addEventListener("beforeprint", function () { paper(true); });
  addEventListener("afterprint", function () { paper(false); });

  setTheme(themes.indexOf(kept()) > 0 ? kept() : "automatic");
  drawAll();
  reveal();
})();
