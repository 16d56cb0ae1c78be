import { redirect } from '@sveltejs/kit';

/** The office has one screen so far. */
export const load = () => redirect(307, '/office/desks');
