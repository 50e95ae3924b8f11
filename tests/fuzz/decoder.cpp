// The decoder, as the session drives it. Input: a byte of options, then messages between separators, each with its form
// in its first byte.
#include "core/base/resources.h"
#include "tests/fuzz/fuzzinput.h"
#include "tests/fuzz/judging.h"

using namespace framescope;
using namespace framescope::fuzz;

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    initResources();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const quint8* bytes, std::size_t size)
{
    static const PayloadMatrix matrix = PayloadMatrix::builtIn().value();
    static const TopicSchemas topics = TopicSchemas::builtIn().value();
    FuzzInput input(bytes, size);
    const quint8 choice = input.take<quint8>();
    DecoderOptions options;
    options.flagBytes = 2048;
    options.duplicateWindow = 16;
    options.keepPayload = (choice & 1) == 0;
    options.maskPersonal = (choice & 2) != 0;
    if ((choice & 4) != 0)
        options.topics = topics;
    Decoder decoder(matrix, options);
    FrameBatch batch;
    quint64 number = 0;
    while (!input.isEmpty()) {
        const Form form = Form(input.take<quint8>() % quint8(Form::Count_));
        judge(decoder, input.part(), form, ++number, batch);
    }
    require(batch.size() == number, "each message has a verdict");
    requireSound(batch);
    readAll(batch);
    return 0;
}
