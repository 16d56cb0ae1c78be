import { createContext } from 'svelte';
import type { Symbology } from '$lib/domain/code/symbologies';

/**
 * The kinds of codes that the city's cards carry; `current` is undefined until the catalogue has been read.
 */
export interface CitySymbologies {
  readonly current: readonly Symbology[] | undefined;
}

/** For every camera: set once in the root layout, because a camera's screen need not know about it. */
export const [getCitySymbologies, setCitySymbologies] = createContext<CitySymbologies>();
