"use strict";
const channel = document.body.dataset.channel;
const posts = document.getElementById("posts");
const say = document.getElementById("say");
const choices = document.getElementById("choices");
const newer = document.getElementById("newer");
const commands = JSON.parse(document.getElementById("commands").textContent);
const words = JSON.parse(document.getElementById("words").textContent);
const clock = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
const atEnd = () => posts.scrollHeight - posts.scrollTop - posts.clientHeight < 80;
let picked = -1;

function add(node, follow) {
  document.getElementById("empty")?.remove();
  posts.append(node);
  if (follow) node.scrollIntoView({ block: node.offsetHeight > posts.clientHeight ? "start" : "end" });
  else newer.hidden = false;
}

function theirs(html, only) {
  const node = document.getElementById("theirs").content.firstElementChild.cloneNode(true);
  node.querySelector("time").textContent = clock();
  node.querySelector(".only").textContent = only ? words.only : "";
  node.querySelector(".card").innerHTML = html;
  node.classList.add("new");
  return node;
}

function mine(text) {
  const node = document.getElementById("mine").content.firstElementChild.cloneNode(true);
  node.querySelector(".who").textContent = words.you;
  node.querySelector(".said").textContent = text;
  return node;
}

async function call(body, place) {
  let answer;
  try {
    const response = await fetch(`/call/${channel}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
    answer = await response.json();
  } catch (error) {
    const failed = theirs("", true);
    failed.querySelector(".card").textContent = words.failed;
    add(failed, true);
    return;
  }
  if (!answer.html) return;
  if (answer.edit && place) place.innerHTML = answer.html;
  else add(theirs(answer.html, true), true);
}

document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (picked >= 0) { take(choices.children[picked]); return; }
  const text = say.value.trim();
  if (!text) return;
  say.value = "";
  show([]);
  add(mine(text), true);
  call({ text });
});

posts.addEventListener("click", (event) => {
  const button = event.target.closest("[data-call]");
  if (button) call({ data: button.dataset.call }, button.closest(".card"));
});

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
  say.setAttribute("aria-expanded", String(!choices.hidden));
  say.removeAttribute("aria-activedescendant");
}

async function suggest() {
  const text = say.value;
  if (!text.startsWith("/")) return show([]);
  const [name, ...rest] = text.slice(1).split(" ");
  if (!rest.length) {
    return show(commands.filter((c) => c.name.startsWith(name)).map((c) => ({
      value: `/${c.name}${c.options.length ? " " : ""}`, label: `/${c.name}`, hint: c.description,
    })));
  }
  const command = commands.find((c) => c.name === name);
  const option = command?.options[Math.min(rest.length - 1, command.options.length - 1)];
  if (!option) return show([]);
  const typed = rest[rest.length - 1];
  const query = new URLSearchParams({ command: name, option, typed });
  const response = await fetch(`/complete/${channel}?${query}`);
  if (!response.ok || say.value !== text) return;
  const before = text.slice(0, text.length - typed.length);
  show((await response.json()).filter((value) => value !== typed).map((value) => ({ value: before + value, label: value, hint: "" })));
}

function take(item) {
  say.value = item.dataset.value;
  say.focus();
  suggest();
}

function pick(step) {
  const items = [...choices.children];
  if (!items.length) return;
  picked = (picked + step + items.length) % items.length;
  items.forEach((item, index) => item.setAttribute("aria-selected", String(index === picked)));
  items[picked].scrollIntoView({ block: "nearest" });
  say.setAttribute("aria-activedescendant", items[picked].id);
}

say.addEventListener("input", suggest);
say.addEventListener("keydown", (event) => {
  if (choices.hidden) return;
  if (event.key === "ArrowDown") { event.preventDefault(); pick(1); }
  else if (event.key === "ArrowUp") { event.preventDefault(); pick(-1); }
  else if (event.key === "Tab" && choices.children.length) { event.preventDefault(); take(choices.children[Math.max(picked, 0)]); }
  else if (event.key === "Escape") show([]);
});
choices.addEventListener("mousedown", (event) => {
  event.preventDefault();
  const item = event.target.closest("li");
  if (item) take(item);
});

newer.addEventListener("click", () => { posts.scrollTop = posts.scrollHeight; newer.hidden = true; });
posts.addEventListener("scroll", () => { if (atEnd()) newer.hidden = true; });

const events = new EventSource(`/events/${channel}`);
events.addEventListener("message", (event) => {
  const post = JSON.parse(event.data);
  if (document.getElementById(`post-${post.id}`)) return;
  const follow = atEnd();
  const node = theirs(post.html, false);
  node.id = `post-${post.id}`;
  add(node, follow);
});

const last = posts.querySelector(".post:last-child");
if (last) last.scrollIntoView({ block: "start" });
