// The page of `obs diagram --format html`: shows pictures that are there already, and what the program says of them.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const [stage, sheet, panel, tip, query, found] = ["stage", "sheet", "panel", "tip", "query", "found"].map(at);
  const SIGNALS = ["metrics", "logs", "traces", "profiles"];
  /** What is shown; `selected` is a component's name or `null`, `net` a line of the picture or `null`. */
  const state = { view: 0, profile: 0, signal: "", selected: null, net: null };
  /** Where the picture is: its left and top edge in pixels of the stage, and its scale. */
  const eye = { x: 0, y: 0, scale: 1 };
  let svg = null;
  let nodes = new Map();
  let nets = [];

  /** An element with attributes and content; text is never read as HTML. */
  function make(tag, attributes = {}, ...content) {
    const out = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) out.addEventListener(name.slice(2), value);
      else out.setAttribute(name, value);
    }
    out.append(...content.filter((c) => c !== null && c !== undefined));
    return out;
  }

  const profile = () => data.profiles[state.profile];
  const card = (name) => profile().components.find((c) => c.name === name);
  const say = (text) => { at("said").textContent = text; };

  // ---- the picture ----

  function draw() {
    const number = profile().pictures[state.view];
    sheet.replaceChildren();
    nodes = new Map();
    nets = [];
    svg = null;
    if (number === null || number === undefined) {
      sheet.append(make("p", {}, "Nothing takes part in this view."));
      return;
    }
    const parsed = new DOMParser().parseFromString(data.pictures[number], "image/svg+xml").documentElement;
    svg = document.importNode(parsed, true);
    // boxes are buttons here: the picture is no single image
    svg.setAttribute("role", "group");
    for (const node of svg.querySelectorAll(".node")) button(node);
    for (const [place, net] of [...svg.querySelectorAll(".net")].entries()) line(net, place);
    sheet.append(svg);
    mark();
  }

  function button(node) {
    const name = node.dataset.name;
    const about = card(name);
    nodes.set(name, node);
    node.setAttribute("tabindex", "0");
    node.setAttribute("role", "button");
    node.setAttribute("aria-label", about ? `${name}, ${about.kind}` : name);
    node.addEventListener("click", () => clicked(() => select(name)));
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      select(name);
    });
    node.addEventListener("focus", () => {
      // by the keyboard: a click is where it is
      if (!node.matches(":focus-visible")) return;
      reveal(node);
      // the panel says more of what is selected
      if (state.selected !== name) hint(node, boxHint(name));
    });
    node.addEventListener("blur", () => { tip.hidden = true; });
    hover(node, () => boxHint(name));
  }

  function line(net, place) {
    const arrows = JSON.parse(net.dataset.arrows).map(([from, to, label]) => ({ from, to, flows: flowsOf(from, to, label) }));
    // parts of the line that only some of the arrows take
    const parts = [...net.querySelectorAll("[data-of]")].map((part) => [part, part.dataset.of.split(" ").map(Number)]);
    const own = { net, arrows, parts };
    nets.push(own);
    // wide paths beneath are easier to hit
    for (const path of net.querySelectorAll("path")) {
      const wide = path.cloneNode();
      wide.removeAttribute("data-of");
      wide.setAttribute("style", "stroke:transparent;stroke-width:12px");
      net.prepend(wide);
    }
    net.querySelector("title")?.remove();
    net.addEventListener("click", () => clicked(() => selectNet(place)));
    hover(net, () => lineHint(own));
  }

  /** The flows that an arrow stands for. Some views turn arrows the way of the data, and add to their labels. */
  function flowsOf(from, to, label) {
    const between = (f, a, b) => f.from === a && f.to === b;
    const all = profile().flows.filter((f) => between(f, from, to) || between(f, to, from));
    const named = all.filter((f) => label.startsWith(f.label));
    return named.length > 0 ? named : all;
  }

  // ---- paths ----

  /** The flows that data takes from a component on (or to it, where `up`), signal by signal. */
  function follow(start, signal, up) {
    const out = new Set();
    const seen = new Set([start]);
    const open = [start];
    while (open.length > 0) {
      const here = open.pop();
      for (const flow of profile().flows.filter((f) => f.signals.includes(signal))) {
        const [source, target] = flow.backward ? [flow.to, flow.from] : [flow.from, flow.to];
        const [mine, next] = up ? [target, source] : [source, target];
        if (mine !== here) continue;
        out.add(flow);
        if (!seen.has(next)) { seen.add(next); open.push(next); }
      }
    }
    return out;
  }

  function paths(name) {
    const signals = state.signal ? [state.signal] : SIGNALS;
    const union = (up) => new Set(signals.flatMap((s) => [...follow(name, s, up)]));
    const direct = profile().flows.filter((f) => !state.signal && f.signals.length === 0 && (f.from === name || f.to === name));
    return { up: union(true), down: union(false), direct };
  }

  const names = (flows, without) => [...new Set([...flows].flatMap((f) => [f.from, f.to]))].filter((n) => n !== without);

  /** The arrows on ways to a box and from it, for boxes that are no components: instances, steps. */
  function ways(name) {
    const all = nets.flatMap((own) => own.arrows);
    const reach = ([near, far]) => {
      const out = new Set();
      const open = [name];
      const seen = new Set(open);
      while (open.length > 0) {
        const here = open.pop();
        for (const arrow of all.filter((a) => a[near] === here)) {
          out.add(arrow);
          if (!seen.has(arrow[far])) { seen.add(arrow[far]); open.push(arrow[far]); }
        }
      }
      return [...out];
    };
    return [...reach(["from", "to"]), ...reach(["to", "from"])];
  }

  /** The arrows to show, `null` for all of them. */
  function chosenArrows() {
    const all = nets.flatMap((own) => own.arrows);
    const of = (flows) => all.filter((a) => a.flows.some((f) => flows.has(f)));
    if (state.selected && !card(state.selected)) return ways(state.selected);
    if (state.selected) {
      const { up, down, direct } = paths(state.selected);
      return of(new Set([...up, ...down, ...direct]));
    }
    if (nets[state.net]) return nets[state.net].arrows;
    return state.signal ? all.filter((a) => a.flows.some((f) => f.signals.includes(state.signal))) : null;
  }

  /** Shows what is selected or carries the signal, and dims the rest. */
  function mark() {
    if (!svg) return;
    const arrows = chosenArrows();
    const lit = new Set(arrows ?? []);
    const boxes = new Set([...lit].flatMap((a) => [a.from, a.to]).concat(state.selected ?? []));
    svg.classList.toggle("dim", arrows !== null);
    for (const own of nets) {
      own.net.classList.toggle("on", own.arrows.some((a) => lit.has(a)));
      for (const [part, numbers] of own.parts) part.classList.toggle("off", !numbers.some((n) => lit.has(own.arrows[n])));
    }
    for (const [name, node] of nodes) {
      node.classList.toggle("on", boxes.has(name));
      node.classList.toggle("selected", name === state.selected);
      node.setAttribute("aria-pressed", String(name === state.selected));
    }
  }

  function select(name) {
    if (!nodes.has(name)) {
      const view = profile().pictures.findIndex((p) => p !== null && data.pictures[p].includes(`data-name="${name}"`));
      if (view >= 0) setView(view);
    }
    state.selected = name;
    state.net = null;
    tip.hidden = true;
    mark();
    describe();
    if (nodes.has(name)) reveal(nodes.get(name));
    remember();
  }

  function selectNet(place) {
    state.selected = null;
    state.net = place;
    mark();
    describeNet(nets[place]);
    remember();
  }

  function clear() {
    state.selected = null;
    state.net = null;
    panel.hidden = true;
    tip.hidden = true;
    mark();
    say("");
    remember();
  }

  // ---- what is said ----

  function table(head, rows) {
    const cells = (tag, row) => make("tr", {}, ...row.map((c) => make(tag, {}, c)));
    return make("table", {}, make("thead", {}, cells("th", head)), make("tbody", {}, ...rows.map((r) => cells("td", r))));
  }

  const part = (title, ...content) => [make("h3", {}, title), ...content];

  function placeLink(place, text) {
    if (!place) return text ?? "";
    const where = `${data.files[place.file].path}:${place.line + 1}`;
    const open = (event) => { event.preventDefault(); showSource(place); };
    return make("a", { href: "#source", class: "source", title: where, onclick: open }, text ?? where);
  }

  const ports = (all) => table(["Port", "Protocol", "For"], all.map((p) => [String(p.number), p.protocol, p.purpose || p.name]));
  const values = (all) => table(["Name", "Value", "From"], all.map((v) => [v.name, v.value, placeLink(v.place, v.source)]));
  const goTo = (name) => make("button", { type: "button", class: "go", onclick: () => { select(name); nodes.get(name)?.focus(); } }, name);
  const list = (items) => make("ul", {}, ...items.map((i) => make("li", {}, ...[i].flat())));

  function flowItem(flow) {
    const words = [flow.protocol, flow.signals.join(", ")].filter(Boolean).join(": ");
    return [goTo(flow.from), " → ", goTo(flow.to), ` ${words} `, placeLink(flow.place)];
  }

  function describe() {
    const name = state.selected;
    const about = card(name);
    if (!about) {
      // the picture says all there is to say of it
      panel.hidden = true;
      return;
    }
    const { up, down } = paths(name);
    const [upstream, downstream] = [names(up, name), names(down, name)];
    const own = profile().flows.filter((f) => f.from === name || f.to === name);
    const content = [make("h2", {}, name)];
    content.push(make("p", { class: "soft" }, [about.kind, about.runs].join(" · ")), placeLink(about.place));
    if (about.image) content.push(make("p", { class: "soft" }, about.image));
    if (about.doc) content.push(make("p", {}, about.doc));
    if (upstream.length > 0) content.push(...part("Data comes from", list(upstream.map(goTo))));
    if (downstream.length > 0) content.push(...part("Data goes to", list(downstream.map(goTo))));
    if (about.ports.length > 0) content.push(...part("Ports", ports(about.ports)));
    if (about.values.length > 0) content.push(...part("Effective values", values(about.values)));
    if (own.length > 0) content.push(...part("Connections", list(own.map(flowItem))));
    open(content);
    say(`${name}: ${upstream.length} upstream, ${downstream.length} downstream`);
  }

  function describeNet(own) {
    const content = [make("h2", {}, "Connection")];
    for (const flow of own.arrows.flatMap((a) => a.flows)) {
      content.push(...part("", make("p", {}, ...flowItem(flow))));
      content.push(make("p", { class: "soft" }, flow.backward ? "The data comes back over the connection." : "The data goes along the arrow."));
      if (flow.doc) content.push(make("p", {}, flow.doc));
      if (flow.url) content.push(make("p", {}, make("code", {}, flow.url)));
      if (flow.ports.length > 0) content.push(ports(flow.ports));
      if (flow.values.length > 0) content.push(values(flow.values));
    }
    open(content);
    say(own.arrows.map((a) => `${a.from} → ${a.to}`).join(", "));
  }

  function open(content) {
    const shut = make("button", { type: "button", class: "go", onclick: clear }, "Show all again");
    panel.replaceChildren(...content, make("p", {}, shut));
    panel.hidden = false;
    panel.scrollTop = 0;
  }

  function boxHint(name) {
    const about = card(name);
    if (!about) return [];
    const told = about.values.filter((v) => v.source !== "default");
    const shown = [...told, ...about.values.filter((v) => v.source === "default")].slice(0, 8);
    const rows = [
      ...about.ports.map((p) => `${p.number} ${p.protocol} ${p.purpose || p.name}`),
      ...shown.map((v) => `${v.name}: ${v.value}`),
    ];
    return [make("strong", {}, name), make("small", {}, [about.kind, about.runs].join(" · ")), ...rows.map((r) => make("div", {}, r))];
  }

  function lineHint(own) {
    const one = (flow) => {
      const port = flow.ports.map((p) => p.number).join(", ");
      const set = flow.values.filter((v) => v.source !== "default").map((v) => `${v.name}: ${v.value}`);
      const words = [flow.protocol, flow.signals.join(", "), port && `port ${port}`, ...set].filter(Boolean).join(" · ");
      return make("div", {}, make("strong", {}, `${flow.from} → ${flow.to}`), make("small", {}, words));
    };
    return own.arrows.flatMap((a) => a.flows).slice(0, 6).map(one);
  }

  function hint(element, content, x, y) {
    const box = element.getBoundingClientRect();
    tip.replaceChildren(...content);
    tip.hidden = content.length === 0;
    const left = (x ?? box.right) + 14;
    const top = (y ?? box.top) + 14;
    tip.style.left = `${Math.max(4, Math.min(left, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${Math.max(4, Math.min(top, innerHeight - tip.offsetHeight - 8))}px`;
  }

  function hover(element, content) {
    element.addEventListener("pointermove", (event) => {
      if (!stage.classList.contains("moving")) hint(element, content(), event.clientX, event.clientY);
    });
    element.addEventListener("pointerleave", () => { tip.hidden = true; });
  }

  function showSource(place) {
    const file = data.files[place.file];
    at("path").textContent = `${file.path}:${place.line + 1}`;
    const rows = file.text.split(/\r\n|\r|\n/).map((text) => make("li", {}, text || " "));
    at("lines").replaceChildren(...rows);
    at("source").showModal();
    const here = rows[place.line];
    here?.classList.add("here");
    here?.scrollIntoView({ block: "center" });
  }

  // ---- moving about ----

  function look() {
    sheet.style.transform = `translate(${eye.x}px, ${eye.y}px) scale(${eye.scale})`;
  }

  const size = () => ({ width: Number(svg?.getAttribute("width") ?? 1), height: Number(svg?.getAttribute("height") ?? 1) });

  /** All of the picture; `wide`: all of its width, from the top, no larger than it is. */
  function fit(wide) {
    const { width, height } = size();
    const across = stage.clientWidth / width;
    eye.scale = wide ? Math.min(1, across) : Math.min(across, stage.clientHeight / height);
    eye.x = Math.max(0, (stage.clientWidth - width * eye.scale) / 2);
    eye.y = Math.max(0, (stage.clientHeight - height * eye.scale) / 2);
    look();
  }

  /** Zooms about a point of the stage. */
  function zoom(by, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
    const scale = Math.min(8, Math.max(0.05, eye.scale * by));
    eye.x = x - ((x - eye.x) * scale) / eye.scale;
    eye.y = y - ((y - eye.y) * scale) / eye.scale;
    eye.scale = scale;
    look();
  }

  function move(x, y) {
    eye.x += x;
    eye.y += y;
    look();
  }

  /** Moves the picture so that a box can be seen. */
  function reveal(node) {
    const [box, around] = [node.getBoundingClientRect(), stage.getBoundingClientRect()];
    const off = (low, high, least, most) => {
      if (low >= least + 20 && high <= most - 20) return 0;
      return (least + most) / 2 - (low + high) / 2;
    };
    move(off(box.left, box.right, around.left, around.right), off(box.top, box.bottom, around.top, around.bottom));
    // browsers scroll what has the focus into view of their own accord
    stage.scrollLeft = 0;
    stage.scrollTop = 0;
  }

  const pointers = new Map();
  let dragged = false;

  /** A click that ended a drag is none. */
  function clicked(then) {
    if (!dragged) then();
  }

  stage.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, event);
    if (pointers.size === 1) dragged = false;
  });
  addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const others = [...pointers.values()].filter((p) => p.pointerId !== event.pointerId);
    if (others.length > 0) {
      const far = (p) => Math.max(1, Math.hypot(p.clientX - others[0].clientX, p.clientY - others[0].clientY));
      const box = stage.getBoundingClientRect();
      zoom(far(event) / far(before), others[0].clientX - box.left, others[0].clientY - box.top);
    } else if (dragged || Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY) > 4) {
      dragged = true;
      stage.classList.add("moving");
      tip.hidden = true;
      move(event.clientX - before.clientX, event.clientY - before.clientY);
    } else return;
    pointers.set(event.pointerId, event);
  });
  const lift = (event) => {
    pointers.delete(event.pointerId);
    stage.classList.remove("moving");
  };
  addEventListener("pointerup", lift);
  addEventListener("pointercancel", lift);
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = stage.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
    else if (event.shiftKey) move(-event.deltaY, -event.deltaX);
    else move(-event.deltaX, -event.deltaY);
  }, { passive: false });
  stage.addEventListener("click", (event) => {
    if (!event.target.closest(".node, .net, .zoom")) clicked(clear);
  });

  // ---- search ----

  function matches(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const told = (c) => [
      c.name, c.kind, c.doc, c.image ?? "",
      ...c.ports.flatMap((p) => [String(p.number), p.name, p.purpose]),
      ...c.values.map((v) => `${v.name} ${v.value}`),
    ].join(" ").toLowerCase();
    const rank = (c) => (c.name.startsWith(words[0]) ? 0 : c.name.includes(words[0]) ? 1 : 2);
    const all = profile().components.filter((c) => words.every((w) => told(c).includes(w)));
    return all.sort((a, b) => rank(a) - rank(b)).slice(0, 12);
  }

  let chosen = 0;

  function showFound() {
    const hits = matches(query.value);
    chosen = Math.min(chosen, Math.max(0, hits.length - 1));
    found.replaceChildren(...hits.map((c, place) => {
      const take = (event) => { event.preventDefault(); pick(c.name); };
      return make("li", { role: "option", id: `hit${place}`, "aria-selected": String(place === chosen), onpointerdown: take }, c.name, make("small", {}, c.kind));
    }));
    found.hidden = hits.length === 0;
    query.setAttribute("aria-expanded", String(hits.length > 0));
    query.setAttribute("aria-activedescendant", hits.length > 0 ? `hit${chosen}` : "");
    if (query.value) say(`${hits.length} found`);
    return hits;
  }

  function pick(name) {
    query.value = "";
    showFound();
    select(name);
    nodes.get(name)?.focus();
  }

  query.addEventListener("input", () => { chosen = 0; showFound(); });
  query.addEventListener("blur", () => { found.hidden = true; });
  query.addEventListener("keydown", (event) => {
    const hits = matches(query.value);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = Math.min(hits.length - 1, Math.max(0, chosen + (event.key === "ArrowDown" ? 1 : -1)));
      showFound();
    } else if (event.key === "Enter" && hits[chosen]) pick(hits[chosen].name);
    else if (event.key === "Escape") { query.value = ""; showFound(); stage.focus(); }
    else return;
    event.stopPropagation();
  });

  // ---- what is shown ----

  function setView(view) {
    state.view = view;
    state.net = null;
    at("view").value = String(view);
    if (state.selected && !card(state.selected)) state.selected = null;
    draw();
    fit(true);
    if (state.selected) describe(); else panel.hidden = true;
    remember();
  }

  function setProfile(number) {
    state.profile = number;
    state.net = null;
    draw();
    if (state.selected && (card(state.selected) || nodes.has(state.selected))) describe(); else clear();
    remember();
  }

  function setSignal(signal) {
    state.signal = signal;
    mark();
    if (state.selected) describe();
    else say(signal ? `${names(profile().flows.filter((f) => f.signals.includes(signal))).length} take part` : "");
    remember();
  }

  /** The address says what is shown, to keep or to pass on. */
  function remember() {
    const words = new URLSearchParams({ view: data.views[state.view].name, profile: profile().name });
    if (state.signal) words.set("signal", state.signal);
    if (state.selected) words.set("selected", state.selected);
    history.replaceState(null, "", `#${words}`);
  }

  function recall() {
    const words = new URLSearchParams(location.hash.slice(1));
    const place = (all, name, otherwise) => {
      const known = all.findIndex((v) => v.name === name);
      return known >= 0 ? known : otherwise;
    };
    state.view = place(data.views, words.get("view"), data.first[0]);
    state.profile = place(data.profiles, words.get("profile"), data.first[1]);
    state.signal = SIGNALS.includes(words.get("signal")) ? words.get("signal") : "";
    state.selected = card(words.get("selected")) ? words.get("selected") : null;
  }

  const typing = (target) => target.matches("input[type=search], select, dialog, dialog *");
  addEventListener("keydown", (event) => {
    if (typing(event.target) || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = 60;
    const inPicture = stage.contains(event.target) || event.target === document.body;
    const ways = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    const near = (by) => setView((state.view + by + data.views.length) % data.views.length);
    const keys = {
      "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: () => fit(false), "/": () => query.focus(),
      "[": () => near(-1), "]": () => near(1), Escape: clear,
    };
    if (keys[event.key]) keys[event.key]();
    else if (inPicture && ways[event.key]) move(...ways[event.key]);
    else return;
    event.preventDefault();
  });

  at("name").textContent = data.title;
  at("view").append(...data.views.map((v, place) => make("option", { value: String(place) }, v.title)));
  at("profile").append(...data.profiles.map((p, place) => make("option", { value: String(place) }, p.name)));
  recall();
  for (const signal of ["", ...SIGNALS.filter((s) => data.profiles.some((p) => p.flows.some((f) => f.signals.includes(s))))]) {
    const input = make("input", { type: "radio", name: "signal", value: signal, onchange: () => setSignal(signal) });
    input.checked = signal === state.signal;
    at("signals").append(make("label", {}, input, signal || "all"));
  }
  at("view").value = String(state.view);
  at("profile").value = String(state.profile);
  at("view").addEventListener("change", (event) => setView(Number(event.target.value)));
  at("profile").addEventListener("change", (event) => setProfile(Number(event.target.value)));
  at("in").addEventListener("click", () => zoom(1.25));
  at("out").addEventListener("click", () => zoom(0.8));
  at("fit").addEventListener("click", () => fit(false));
  at("close").addEventListener("click", () => at("source").close());
  draw();
  fit(true);
  if (state.selected) describe();
})();
