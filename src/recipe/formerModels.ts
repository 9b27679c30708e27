// Models that once came with the page. Pictures and links of that time still name them.
const formerModels: readonly string[] = ['toon'];

/** Whether a model of this id (`model.id` of a recipe, the folder's name in a link) was once built in and is no more. */
export const wasBuiltIn = (id: string): boolean => formerModels.includes(id);
