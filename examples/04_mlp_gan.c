/* Trains the original GAN (Goodfellow et al. 2014, multilayer perceptrons) on handwritten digits that lie in this
 * program's own memory, prints how it goes and what it has learnt to draw, saves it, and checks that the saved model
 * draws exactly the same. Plain C99; nothing of Swift is needed:
 *
 *     gcc -std=c99 -pedantic -Wall -Werror 04_mlp_gan.c $(pkg-config --cflags --libs swiftgan) -o mlp_gan && ./mlp_gan
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "swiftgan.h"

/* Every call that can fail goes through here: what failed, why, and an end. */
#define TRY(call) \
  do { \
    if ((call) != SG_OK) { \
      fprintf(stderr, "%s\n", error.message); \
      exit(EXIT_FAILURE); \
    } \
  } while (0)

static sg_error error;

/* Called by the library when it needs the pixels no more. */
static void release_pixels(void *pixels) {
  free(pixels);
  puts("the library has let go of the pixels");
}

/* A program's own pixels, here those of the data set that comes with the library, as a tensor that borrows them. */
static sg_tensor *borrowed_digits(void) {
  sg_tensor *digits, *borrowed;
  sg_tensor_info info;
  sg_buffer buffer = SG_BUFFER_INIT;
  TRY(sg_dataset_load(&digits, NULL, "digits", NULL, &error));
  TRY(sg_tensor_info_get(&info, digits, &error));
  buffer.dtype = info.dtype;
  buffer.rank = info.rank;
  buffer.shape = info.shape;
  buffer.data = malloc((size_t)info.byte_count);
  buffer.deleter = release_pixels;
  buffer.context = buffer.data;
  TRY(sg_tensor_copy_out(buffer.data, (size_t)info.byte_count, digits, &error));
  TRY(sg_tensor_borrow(&borrowed, &buffer, &error));
  sg_tensor_free(digits);

  TRY(sg_tensor_info_get(&info, borrowed, &error));
  printf("%lld digits of %lld x %lld pixels, borrowed: %s copied\n", (long long)info.shape[0], (long long)info.shape[1],
         (long long)info.shape[2], info.data == buffer.data ? "nothing" : "something was");
  return borrowed;
}

/* Prints a line every ten epochs; returning SG_EVENT_STOP would end the training here. */
static int report(void *context, const sg_event *event, sg_error *failure) {
  (void)context;
  (void)failure;
  if (event->kind == SG_EVENT_EPOCH && event->epoch % 10 == 0) {
    printf("epoch %3lld, step %4lld", (long long)event->epoch, (long long)event->step);
    for (size_t i = 0; i < event->metric_count; ++i)
      printf("  %s %.3f", event->metric_names[i], event->metric_values[i]);
    putchar('\n');
  }
  return SG_OK;
}

/* Draws eight digits side by side in characters; pixels are 0 (paper) to 16 (ink). */
static void draw(const sg_tensor *samples) {
  static const char ink[] = " .:-=+*#%@";
  uint8_t pixels[8][8][8];
  TRY(sg_tensor_copy_out(pixels, sizeof pixels, samples, &error));
  for (int row = 0; row < 8; ++row) {
    for (int digit = 0; digit < 8; ++digit) {
      for (int column = 0; column < 8; ++column) {
        char c = ink[pixels[digit][row][column] * 9 / 16];
        putchar(c), putchar(c);
      }
      putchar('|');
    }
    putchar('\n');
  }
}

/* Whether two tensors of the same shape hold the same bytes. */
static int same_bits(const sg_tensor *a, const sg_tensor *b) {
  sg_tensor_info x, y;
  TRY(sg_tensor_info_get(&x, a, &error));
  TRY(sg_tensor_info_get(&y, b, &error));
  /* New tensors lie in memory without gaps, so they may be compared where they are. */
  return x.contiguous && y.contiguous && x.byte_count == y.byte_count &&
         memcmp(x.data, y.data, (size_t)x.byte_count) == 0;
}

int main(void) {
  const char *path = "mlp_gan.safetensors";
  sg_tensor *digits = borrowed_digits(), *samples, *again;
  const sg_tensor *data[1];
  sg_model *model, *loaded;

  printf("swiftgan %s, %s instructions, %d threads\n", sg_version(), sg_isa_name(), sg_threads_get());
  TRY(sg_model_create(&model, "gan", "{\"range\": [0, 16], \"batch_size\": 64, \"ema\": 0.995, \"seed\": 1}", &error));
  data[0] = digits;
  TRY(sg_model_fit(model, data, 1, "{\"epochs\": 100}", report, NULL, &error));

  TRY(sg_model_sample(&samples, model, 8, 3, &error));
  draw(samples);

  TRY(sg_model_save(model, path, &error));
  TRY(sg_model_load(&loaded, path, &error));
  TRY(sg_model_sample(&again, loaded, 8, 3, &error));
  if (!same_bits(samples, again)) {
    fprintf(stderr, "the model in %s does not draw what the trained one draws\n", path);
    return EXIT_FAILURE;
  }
  printf("%s: loaded again, it draws the same, bit for bit\n", path);

  sg_tensor_free(samples);
  sg_tensor_free(again);
  sg_model_free(loaded);
  sg_tensor_free(digits);
  sg_model_free(model); /* the last that used the pixels */
  return EXIT_SUCCESS;
}
