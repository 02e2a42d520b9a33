/* Runs in the browser: shows the forms and sends what they hold. The page can be read without it. */
const base = location.href.replace(/[?#].*$/, '').replace(/\/docs\/?$/, '');
const token = document.querySelector('#token');

const filled = (form, place) =>
  [...form.querySelectorAll(`[data-in="${place}"]`)].filter((input) => input.value !== '');

const requestOf = (form) => {
  let path = form.dataset.path;
  for (const { name, value } of filled(form, 'path'))
    path = path.replace(`{${name}}`, () => encodeURIComponent(value));
  const query = new URLSearchParams(filled(form, 'query').map(({ name, value }) => [name, value]));
  const headers = new Headers(filled(form, 'header').map(({ name, value }) => [name, value]));
  if (token.value.trim() !== '') headers.set('authorization', `Bearer ${token.value.trim()}`);
  const body = form.elements.namedItem('body');
  if (body) headers.set('content-type', body.dataset.type);
  const search = query.size > 0 ? `?${query}` : '';
  const sent = body ? { body: body.value } : {};
  return [`${base}${path}${search}`, { method: form.dataset.method, headers, ...sent }];
};

const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

const show = (output, status, text) => {
  const heading = document.createElement('p');
  const content = document.createElement('pre');
  heading.textContent = status;
  content.textContent = text;
  content.tabIndex = 0;
  output.replaceChildren(heading, content);
};

const send = async (form) => {
  const output = form.querySelector('output');
  try {
    const answer = await fetch(...requestOf(form));
    const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    show(output, `${answer.status} ${answer.statusText}`, `${headers}\n\n${pretty(await answer.text())}`);
  } catch (error) {
    show(output, 'The request could not be sent', String(error));
  }
};

const openTarget = () => {
  const target = document.querySelector(`details[id="${CSS.escape(location.hash.slice(1))}"]`);
  if (target) target.open = true;
};

for (const form of document.querySelectorAll('form.try')) {
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(form);
  });
}
const tokenForm = document.querySelector('#token-form');
tokenForm.hidden = false;
tokenForm.addEventListener('submit', (event) => event.preventDefault());
addEventListener('hashchange', openTarget);
openTarget();
