import type { Rule } from '../../model.ts';
import { nameOf } from '../../object.ts';
import { hit } from '../../selectors.ts';
import { constraintExceptions } from './constraint-exceptions.ts';
import { endOf, exceptionsOf } from './exception.ts';

/** Compared with the day that the caller gives; without one, nothing has ended. */
export const expired: Rule = {
  id: 'enforce/expired',
  area: 'enforce',
  severity: 'error',
  title: 'No exception is past its end',
  why: 'After the date no new pod of the service is admitted: the next restart of a node takes it down.',
  fix: 'Fix the image and remove the exception, or agree on another date in zero-trust.yaml.',
  *check(model) {
    const { today, declared } = model;
    if (!today) return;
    for (const object of exceptionsOf(model)) {
      const end = endOf(object);
      if (end && end.date.slice(0, 10) < today)
        yield hit(object, end.path, `${nameOf(object)}: ended on ${end.date.slice(0, 10)}`);
    }
    for (const { object, path, name, expires } of constraintExceptions(model))
      if (expires && expires < today) yield hit(object, path, `${name} ended on ${expires}`);
    for (const { namespace, name, root } of declared.services)
      if (root && root.expires < today)
        yield {
          file: 'zero-trust.yaml',
          message: `${namespace}/${name} may start as root until ${root.expires}, which is over`,
        };
  },
};
