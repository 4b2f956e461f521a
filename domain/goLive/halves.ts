/** The halves of every zone: which front ends serve while the others are upgraded (LIVE-02, LIVE-03). */
import { type Environment, zonesTooSmall } from '../infrastructure/infrastructure.js';

export interface ZoneHalves {
  readonly zone: string;
  /** Upgraded first, the controller among them; serves while the second is upgraded. The larger one of an odd number. */
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/** One sentence that names the zones in which no half could serve while the other one is upgraded; `undefined`: there is none. */
export function whyNoHalves(environment: Environment): string | undefined {
  const small = zonesTooSmall(environment).map(({ name }) => name);
  if (small.length === 0) return undefined;
  const zones = `${small.length === 1 ? 'zone' : 'zones'} ${small.join(', ')}`;
  return `Zero downtime needs at least two front ends in every zone, and the ${zones} of ${environment.name} has fewer`;
}

/** Every zone has at least two front ends. */
export function halvesOf({ zones, controller }: Environment): readonly ZoneHalves[] {
  return zones.map(({ name, frontEnds }) => {
    const isController = (frontEnd: string) => frontEnd === controller;
    const inOrder = [...frontEnds.filter(isController), ...frontEnds.filter((frontEnd) => !isController(frontEnd))];
    const middle = Math.ceil(inOrder.length / 2);
    return { zone: name, first: inOrder.slice(0, middle), second: inOrder.slice(middle) };
  });
}
