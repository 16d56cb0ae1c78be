import { createContext } from 'svelte';
import type { Tiski } from './app';

/** The running Tiski for every screen: set once in the root layout, got in any component below. */
export const [getTiski, setTiski] = createContext<Tiski>();
