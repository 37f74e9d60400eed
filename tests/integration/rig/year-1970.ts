/** Loaded before a program (`node --import`): a machine without a battery for its clock, which has just begun to count. */
const beganMs = Date.now();
const real = Date.now.bind(Date);
Date.now = () => real() - beganMs;
