// The tables of needs in README.md and docs/constructs/bindings.md.

const code = (text) => `\`${text}\``;
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const HEAD = ['need', 'bound to', 'what the handler gets', 'actions'];
/** Actions listed in the README for one access. */
const MAX_ACTIONS = 5;

/** `topic.publish`, `text()`; in every way to write it. */
const written = ({ name, prefixes }, access) =>
  prefixes.map((prefix) => (access === name ? prefix : `${prefix}.${access}`));

const boundTo = ({ boundTo: types }) => [...new Set(types)].map(code).join(', ');

/** The members of the clients: those of the first, then what a typed one has in addition. */
function gets(clients) {
  const [first = [], ...others] = clients.map(({ members }) => members);
  const more = [...new Set(others.flat().filter((member) => !first.includes(member)))];
  const parts = [first.map(code).join(', '), more.map(code).join(', ')].filter(Boolean);
  return parts.join('; typed: ');
}

const clientsFor = ({ clients, name }, access) => {
  const isIndex = access.startsWith('index(');
  const own = clients.filter((client) => client.access === (isIndex ? 'index' : access));
  return own.length > 0 || access === name ? own : clients.filter((client) => client.access === undefined);
};

const shortNames = (actions) => actions.map((action) => action.split(':')[1]);
const accessesOf = ({ actions }) => Object.entries(actions);

/** A row for each access. */
export function needsTable(kinds) {
  const rows = kinds.flatMap((kind) =>
    accessesOf(kind).map(([access, actions]) => [
      written(kind, access).map(code).join(', '),
      boundTo(kind),
      gets(clientsFor(kind, access)),
      shortNames(actions).join(', ') || 'none',
    ]),
  );
  return table(HEAD, rows);
}

/** A row for each kind: the actions of an access are those that the ones before it do not have. */
export function needsTableByKind(kinds) {
  const rows = kinds.map((kind) => {
    const accesses = accessesOf(kind);
    const seen = new Set();
    const lists = accesses.map(([, actions]) => {
      const fresh = shortNames(actions).filter((action) => !seen.has(action));
      for (const action of fresh) seen.add(action);
      return fresh.length > MAX_ACTIONS ? `${fresh.slice(0, 2).join(', ')} ...` : fresh.join(', ');
    });
    const [first = '', ...rest] = accesses.map(([access]) => access);
    const needs = [...written(kind, first), ...rest.map((access) => `.${access}`)];
    const clients = accesses.flatMap(([access]) => clientsFor(kind, access));
    const members = [...new Set(clients.flatMap((client) => client.members))];
    return [
      needs.map(code).join(', '),
      boundTo(kind),
      members.map(code).join(', '),
      lists.filter(Boolean).join('; ') || 'none',
    ];
  });
  return table(HEAD, rows);
}
