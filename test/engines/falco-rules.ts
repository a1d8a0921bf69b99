/** Falco's condition language, as far as its own stable rules and ours use it. */
export type Condition =
  | { is: 'and'; parts: Condition[] }
  | { is: 'or'; parts: Condition[] }
  | { is: 'not'; part: Condition }
  | { is: 'macro'; name: string }
  | { is: 'check'; field: string; operator: string; values: string[] };

export interface Rules {
  macros: Map<string, Condition>;
  /** Conditions of macros as written, which others may go on. */
  texts: Map<string, string>;
  lists: Map<string, string[]>;
  rules: Map<string, Rule>;
}

export interface Rule {
  condition: Condition;
  output: string;
  priority: string;
}

export type FalcoEvent = Record<string, string | number | boolean>;

const TOKEN = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[(),]|[!<>]?=|[<>]|[^\s(),"'=<>!]+(?:\[[^\]]*\])?/g;

const OPERATORS = new Set(
  '= != < <= > >= in intersects pmatch contains icontains startswith bstartswith endswith glob iglob regex exists'.split(
    ' ',
  ),
);

const unquote = (token: string) => (/^["']/.test(token) ? token.slice(1, -1) : token);

/** Throws at what Falco would not read either: a missing bracket, an operator without a value. */
export function parseCondition(text: string): Condition {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  const fail = (): never => {
    throw new Error(`cannot read "${tokens.slice(Math.max(0, at - 3), at + 3).join(' ')}" in: ${text}`);
  };
  const take = (wanted?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (wanted && token !== wanted)) return fail();
    return token;
  };
  const chain = (is: 'and' | 'or', next: () => Condition): Condition => {
    const parts = [next()];
    while (tokens[at] === is) {
      at++;
      parts.push(next());
    }
    return parts.length === 1 ? parts[0]! : { is, parts };
  };
  const either = (): Condition => chain('or', () => chain('and', single));
  const single = (): Condition => {
    if (tokens[at] === 'not') {
      at++;
      return { is: 'not', part: single() };
    }
    if (tokens[at] === '(') {
      at++;
      const inner = either();
      take(')');
      return inner;
    }
    const word = take();
    if (/^[(),"']|^(and|or)$/.test(word) || OPERATORS.has(word)) return fail();
    const operator = tokens[at] ?? '';
    if (!OPERATORS.has(operator)) return { is: 'macro', name: word };
    at++;
    return {
      is: 'check',
      field: word,
      operator,
      values: operator === 'exists' ? [] : tokens[at] === '(' ? list() : [value()],
    };
  };
  const value = () => {
    const token = take();
    return /^[(),]$/.test(token) ? fail() : token;
  };
  const list = (): string[] => {
    take('(');
    const values: string[] = [];
    while (tokens[at] !== ')') {
      values.push(value());
      if (tokens[at] === ',') at++;
    }
    take(')');
    return values;
  };
  const condition = either();
  return at === tokens.length ? condition : fail();
}

interface Item {
  list?: string;
  items?: unknown[];
  macro?: string;
  rule?: string;
  condition?: string;
  output?: string;
  priority?: string;
  override?: Record<string, string>;
}

/** Adds the items of one file to those that were loaded before it, as Falco does. */
export function load(
  items: Item[],
  into: Rules = { macros: new Map(), texts: new Map(), lists: new Map(), rules: new Map() },
): Rules {
  for (const {
    list,
    items: values = [],
    macro,
    rule,
    condition = '',
    output = '',
    priority = '',
    override,
  } of items) {
    const before = list ? into.lists.has(list) : macro ? into.macros.has(macro) : into.rules.has(rule ?? '');
    const name = list ?? macro ?? rule;
    if (override && !before) throw new Error(`${name}: nothing to override`);
    const appends = Object.values(override ?? {}).includes('append');
    if (appends && !macro) throw new Error(`${name}: append is read of macros alone`);
    if (list) into.lists.set(list, values.map(String));
    if (macro) {
      const whole = appends ? `${into.texts.get(macro)} ${condition}` : condition;
      into.texts.set(macro, whole);
      into.macros.set(macro, parseCondition(whole));
    }
    if (rule && condition) into.rules.set(rule, { condition: parseCondition(condition), output, priority });
  }
  return into;
}

/** Visits every check of a condition, macros followed. Throws at one that is not defined. */
export function visit(
  condition: Condition,
  rules: Rules,
  see: (check: Extract<Condition, { is: 'check' }>) => void,
): void {
  if (condition.is === 'check') see(condition);
  else if (condition.is === 'not') visit(condition.part, rules, see);
  else if (condition.is === 'macro') visit(macroOf(condition.name, rules), rules, see);
  else for (const part of condition.parts) visit(part, rules, see);
}

function macroOf(name: string, { macros }: Rules): Condition {
  const macro = macros.get(name);
  if (!macro) throw new Error(`macro ${name} is not defined`);
  return macro;
}

/** The values of a list with the lists in it put in place. */
export const expand = (values: string[], rules: Rules): string[] =>
  values.flatMap((value) => {
    const list = rules.lists.get(value);
    return list ? expand(list, rules) : [unquote(value)];
  });

/** Whether an event fulfils a condition. What the event does not say compares to nothing. */
export function holds(condition: Condition, event: FalcoEvent, rules: Rules): boolean {
  const of = (part: Condition) => holds(part, event, rules);
  switch (condition.is) {
    case 'and':
      return condition.parts.every(of);
    case 'or':
      return condition.parts.some(of);
    case 'not':
      return !of(condition.part);
    case 'macro':
      return of(macroOf(condition.name, rules));
  }
  const actual = event[condition.field];
  if (actual === undefined || condition.operator === 'exists') return actual !== undefined;
  return expand(condition.values, rules).some((value) => compare(String(actual), condition.operator, value));
}

function compare(actual: string, operator: string, value: string): boolean {
  switch (operator) {
    case '=':
    case 'in':
      return actual === value;
    case '!=':
      return actual !== value;
    case '<':
      return Number(actual) < Number(value);
    case '>':
      return Number(actual) > Number(value);
    case '>=':
      return Number(actual) >= Number(value);
    case 'contains':
      return actual.includes(value);
    case 'startswith':
      return actual.startsWith(value);
    case 'endswith':
      return actual.endsWith(value);
    case 'pmatch':
      return actual === value || actual.startsWith(`${value}/`);
    default:
      throw new Error(`operator ${operator} is not evaluated here`);
  }
}
