"use strict";
const { channel, zone } = document.body.dataset;
const posts = document.getElementById("posts");
const say = document.getElementById("say");
const choices = document.getElementById("choices");
const newer = document.getElementById("newer");
const state = document.getElementById("state");
const commands = JSON.parse(document.getElementById("commands").textContent);
const words = JSON.parse(document.getElementById("words").textContent);
const title = document.title;
const atEnd = () => posts.scrollHeight - posts.scrollTop - posts.clientHeight < 80;
const clock = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
let picked = -1;
let unseen = 0;
let sent = [];
let back = 0;

// --- posts ------------------------------------------------------------------------------------------------

function made(template) {
  const node = document.getElementById(template).content.firstElementChild.cloneNode(true);
  node.classList.add("new");
  node.querySelector("time").textContent = clock();
  return node;
}

function theirs(html, note) {
  const node = made("theirs");
  node.querySelector(".note").textContent = note;
  node.querySelector(".card").innerHTML = html;
  return node;
}

function mine(text) {
  const node = made("mine");
  node.querySelector(".said").textContent = text;
  return node;
}

function add(node, follow) {
  document.getElementById("empty")?.remove();
  posts.append(node);
  if (!follow) newer.hidden = false;
  else if (node.offsetHeight > posts.clientHeight) node.scrollIntoView({ block: "start" });
  else posts.scrollTop = posts.scrollHeight;
}

// A post is new until it was on the screen for a while.
const seen = new IntersectionObserver((found) => {
  for (const { isIntersecting, target } of found) {
    if (!isIntersecting || document.hidden) continue;
    seen.unobserve(target);
    setTimeout(() => { target.querySelector(".note").textContent = ""; target.classList.remove("fresh"); }, 8000);
  }
}, { root: posts });

function arrived(post) {
  if (document.getElementById(`post-${post.id}`)) return;
  const follow = atEnd() && !document.hidden;
  const node = theirs(post.html, words.fresh);
  node.id = `post-${post.id}`;
  node.classList.add("fresh");
  if (post.time) node.querySelector("time").textContent = post.time;
  add(node, follow);
  seen.observe(node);
  if (document.hidden) document.title = `(${++unseen}) ${title}`;
}

// --- asking -----------------------------------------------------------------------------------------------

async function call(body, pressed) {
  let answer;
  try {
    const response = await fetch(`/call/${channel}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
    answer = await response.json();
  } catch {
    const failed = theirs("", words.only);
    failed.querySelector(".card").textContent = words.failed;
    add(failed, true);
    return;
  }
  if (!answer.html) return;
  if (answer.edit && pressed) turn(pressed, answer.html);
  else add(theirs(answer.html, words.only), true);
}

// Another page of the same answer: it stays where it is, and so does the focus.
function turn(pressed, html) {
  const card = pressed.closest(".card");
  const buttons = [...card.querySelectorAll(".actions button")];
  const last = buttons.indexOf(pressed) === buttons.length - 1;
  card.innerHTML = html;
  const left = [...card.querySelectorAll(".actions button")];
  const next = last ? left.at(-1) : left[0];
  next?.focus({ preventScroll: true });
  const post = card.closest(".post");
  if (post.getBoundingClientRect().top < posts.getBoundingClientRect().top) post.scrollIntoView({ block: "start" });
}

document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (picked >= 0) { take(choices.children[picked]); return; }
  const text = say.value.trim();
  if (!text) return;
  sent = [...sent.filter((one) => one !== text), text];
  back = sent.length;
  say.value = "";
  show([]);
  add(mine(text), true);
  call({ text });
});

posts.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-call]");
  if (!button || button.ariaBusy) return;
  button.ariaBusy = "true";
  await call({ data: button.dataset.call }, button);
  button.ariaBusy = null;
});

// --- completion -------------------------------------------------------------------------------------------

function show(found) {
  picked = -1;
  choices.replaceChildren(...found.map(({ value, label, hint }, index) => {
    const item = document.createElement("li");
    item.id = `choice-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.value = value;
    const name = document.createElement("b");
    name.textContent = label;
    const meaning = document.createElement("span");
    meaning.textContent = hint;
    item.append(name, meaning);
    return item;
  }));
  choices.hidden = !found.length;
  choices.scrollTop = 0;
  say.setAttribute("aria-expanded", String(!choices.hidden));
  say.removeAttribute("aria-activedescendant");
}

async function suggest() {
  const text = say.value;
  if (!text.startsWith("/")) { show([]); return; }
  const [name, ...rest] = text.slice(1).split(" ");
  if (!rest.length) {
    show(commands.filter((c) => c.name.startsWith(name)).map((c) => ({
      value: `/${c.name}${c.options.length ? " " : ""}`, label: `/${c.name}`, hint: c.description,
    })));
    return;
  }
  const command = commands.find((c) => c.name === name);
  const option = command?.options[Math.min(rest.length, command.options.length) - 1];
  const typed = rest.at(-1);
  const found = option ? await complete(name, option, typed) : [];
  if (say.value !== text) return;
  const before = text.slice(0, text.length - typed.length);
  show(found.filter((value) => value !== typed).map((value) => ({ value: before + value, label: value, hint: "" })));
}

async function complete(command, option, typed) {
  try {
    const response = await fetch(`/complete/${channel}?${new URLSearchParams({ command, option, typed })}`);
    return response.ok ? await response.json() : [];
  } catch {
    return [];  // without suggestions one can still type
  }
}

function take(item) {
  say.value = item.dataset.value;
  say.focus();
  suggest();
}

function pick(step) {
  const items = [...choices.children];
  picked = picked < 0 && step < 0 ? items.length - 1 : (picked + step + items.length) % items.length;
  items.forEach((item, index) => item.setAttribute("aria-selected", String(index === picked)));
  items[picked].scrollIntoView({ block: "nearest" });
  say.setAttribute("aria-activedescendant", items[picked].id);
}

// Arrows walk through what was sent before while nothing is suggested, as in a shell.
function recall(step) {
  if (!sent.length || (say.value && say.value !== sent[back])) return false;
  back = Math.max(0, Math.min(sent.length, back + step));
  say.value = sent[back] ?? "";
  return true;
}

say.addEventListener("input", suggest);
say.addEventListener("blur", () => show([]));
say.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (choices.hidden) {
    if (step && recall(step)) event.preventDefault();
    return;
  }
  if (step) { event.preventDefault(); pick(step); }
  else if (event.key === "Tab" && !event.shiftKey) { event.preventDefault(); take(choices.children[Math.max(picked, 0)]); }
  else if (event.key === "Escape") { event.preventDefault(); show([]); }
});
choices.addEventListener("mousedown", (event) => {
  event.preventDefault();
  const item = event.target.closest("li");
  if (item) take(item);
});

// --- the rest ---------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target === say) return;
  event.preventDefault();
  say.focus();
  if (!say.value) { say.value = "/"; suggest(); }
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = title;
  for (const node of posts.querySelectorAll(".fresh")) { seen.unobserve(node); seen.observe(node); }
});
newer.addEventListener("click", () => {
  newer.hidden = true;
  const first = posts.querySelector(".fresh");
  if (first) first.scrollIntoView({ block: "start" });
  else posts.scrollTop = posts.scrollHeight;
  posts.focus({ preventScroll: true });
});
posts.addEventListener("scroll", () => { if (atEnd()) newer.hidden = true; });

// The server sends what came after `data-last` first, so nothing is lost between the page and its stream.
const events = new EventSource(`/events/${channel}?after=${document.body.dataset.last}`);
let waiting;
events.addEventListener("message", (event) => arrived(JSON.parse(event.data)));
events.addEventListener("open", () => { clearTimeout(waiting); state.hidden = true; });
events.addEventListener("error", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => { state.hidden = false; }, 2000);
  if (events.readyState === EventSource.CLOSED) state.hidden = false;
});
window.addEventListener("pagehide", () => events.close());

posts.querySelector(".post:last-child")?.scrollIntoView({ block: "start" });
