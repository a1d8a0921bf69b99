import type { Rule } from '../../model.ts';
import { cycle } from './cycle.ts';
import { danglingDependsOn } from './dangling-depends-on.ts';
import { duplicateObject } from './duplicate-object.ts';
import { idlePatch } from './idle-patch.ts';
import { leftOut } from './left-out.ts';
import { lockDown } from './lock-down.ts';
import { missingChart } from './missing-chart.ts';
import { missingEntry } from './missing-entry.ts';
import { missingPath } from './missing-path.ts';
import { missingSource } from './missing-source.ts';
import { noEntry } from './no-entry.ts';
import { notAManifest } from './not-a-manifest.ts';
import { notFollowed } from './not-followed.ts';
import { patchFails } from './patch-fails.ts';
import { postRenderer } from './post-renderer.ts';
import { remoteBase } from './remote-base.ts';
import { suspended } from './suspended.ts';
import { unreachable } from './unreachable.ts';
import { unreadable } from './unreadable.ts';
import { variable } from './variable.ts';

/** Whether every object arrives in the cluster, and every way of GitOps leads somewhere. */
export const REACH_RULES: Rule[] = [
  noEntry,
  unreadable,
  unreachable,
  missingEntry,
  missingPath,
  missingSource,
  missingChart,
  danglingDependsOn,
  remoteBase,
  cycle,
  notAManifest,
  patchFails,
  idlePatch,
  leftOut,
  suspended,
  lockDown,
  notFollowed,
  duplicateObject,
  postRenderer,
  variable,
];
