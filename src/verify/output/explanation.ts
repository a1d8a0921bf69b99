import type { HttpRule } from '../../types/connections.ts';
import type { Explanation, LayerVerdict } from '../explain.ts';
import { printable } from './excerpt.ts';

/** An explanation for people: the answer first, then the declaration and each layer with the object behind it. */
export function explanationText(explanation: Explanation): string {
  const { from, to, port, protocol, declared, declaredRequests, layers } = explanation;
  const declaration = declared.length
    ? `declared: ${declared.join('; ')}${requests(declaredRequests)}`
    : 'not declared in zero-trust.yaml';
  const lines = [
    `${from} → ${to} ${port}/${protocol}: ${answer(explanation)}`,
    `  ${declaration}`,
    ...layers.flatMap(layerLines),
    ...(explanation.requests.length ? [`  let through:${requests(explanation.requests)}`] : []),
  ];
  return printable(lines.join('\n'));
}

function answer({ allowed, declared, oneSided }: Explanation): string {
  if (oneSided && !allowed)
    return 'blocked: the other end takes anyone, but this end is not declared to call it';
  if (declared.length) return allowed ? 'allowed, as declared' : 'BLOCKED, though it is declared';
  return allowed ? 'OPEN, though it is not declared' : 'blocked, as it is not declared';
}

function layerLines({ layer, allowed, why, object, file, position }: LayerVerdict): string[] {
  const place = `${file}${position ? `:${position.line}` : ''}`;
  return [
    `  ${allowed ? 'allows' : 'STOPS '}  ${layer}: ${why}`,
    ...(object ? [`          ${object}${file ? `, ${place}` : ''}`] : []),
  ];
}

const requests = (rules: HttpRule[]) =>
  rules
    .map(({ methods, paths }) => ` ${methods.join(',') || 'any method'} ${paths.join(',') || '/*'}`)
    .join(';');
