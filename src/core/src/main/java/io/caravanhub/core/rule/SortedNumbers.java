package io.caravanhub.core.rule;

import java.util.Arrays;

/** Numbers in their order, each as often as it was added. Not thread-safe. */
final class SortedNumbers {
  private double[] numbers = new double[16];
  private int size;

  SortedNumbers copy() {
    SortedNumbers same = new SortedNumbers();
    same.numbers = numbers.clone();
    same.size = size;
    return same;
  }

  void clear() {
    size = 0;
  }

  void add(double number) {
    if (size == numbers.length) {
      numbers = Arrays.copyOf(numbers, size * 2);
    }
    int at = place(number);
    System.arraycopy(numbers, at, numbers, at + 1, size - at);
    numbers[at] = number;
    size++;
  }

  /** Takes away one that was added. */
  void remove(double number) {
    int at = place(number);
    System.arraycopy(numbers, at + 1, numbers, at, size - at - 1);
    size--;
  }

  double least() {
    return numbers[0];
  }

  double greatest() {
    return numbers[size - 1];
  }

  /** Linear between the two nearest ranks (Hyndman and Fan's definition 7, as most programs do). */
  double percentile(double percent) {
    double rank = percent / 100 * (size - 1);
    int below = (int) rank;
    return below + 1 >= size
        ? numbers[size - 1]
        : numbers[below] + (rank - below) * (numbers[below + 1] - numbers[below]);
  }

  private int place(double number) {
    int found = Arrays.binarySearch(numbers, 0, size, number);
    return found >= 0 ? found : -found - 1;
  }
}
