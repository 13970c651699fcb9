/** Choices from a source of random numbers. */
export type Dice = {
  chance(probability: number): boolean;
  between(least: number, most: number): number;
  one<Item>(items: readonly Item[]): Item;
  /** Each item with that probability, in order. */
  some<Item>(items: readonly Item[], probability: number): Item[];
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name;
};

/** Makes dice of a source that gives numbers from 0 up to 1. */
export function diceOf(random: () => number): Dice {
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  return {
    chance: (probability) => random() < probability,
    between,
    one: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new RangeError('nothing to choose from');
      return item;
    },
    some: (items, probability) => items.filter(() => random() < probability),
    weighted: (weights) => {
      const names = Object.keys(weights) as (keyof typeof weights)[];
      let left = random() * names.reduce((sum, name) => sum + weights[name], 0);
      const chosen = names.find((name) => {
        left -= weights[name];
        return left < 0;
      });
      const fallback = chosen ?? names[0];
      if (fallback === undefined) throw new RangeError('nothing to choose from');
      return fallback;
    },
  };
}
