// The loader of payload type matrices, and messages judged by what it made. Input: a matrix, then messages between
// separators, each with its form in its first byte.
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
    FuzzInput input(bytes, size);
    const Expected<PayloadMatrix> matrix =
        PayloadMatrix::fromJson(input.part().toByteArray(), QStringLiteral(FRAMESCOPE_SOURCE_DIR "/resources"));
    if (!matrix) {
        require(!matrix.error().detail.isEmpty(), "a matrix that is refused says why");
        return 0;
    }
    require(!matrix->typeNames().empty(), "a matrix has types");
    Decoder decoder(*matrix, {.duplicateWindow = 16, .topics = {}});
    FrameBatch batch;
    quint64 number = 0;
    while (!input.isEmpty()) {
        const Form form = Form(input.take<quint8>() % quint8(Form::Count_));
        judge(decoder, input.part(), form, ++number, batch);
    }
    batch.types = decoder.typeNames();
    requireSound(batch);
    return 0;
}
