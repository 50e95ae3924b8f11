#pragma once
/// Messages that a broken or hostile sender could send: good ones changed in one to eight places, and random ones.
/// Seeded: the same seed and the same good messages give the same sequence. Thread: one.
#include "core/simulator/prng.h"
#include "tests/fuzz/judging.h"

#include <QByteArray>
#include <vector>

namespace framescope::fuzz {

struct MadeMessage
{
    Form form = Form::Text;
    QByteArray bytes;
};

class Mutator
{
public:
    Mutator(quint64 seed, std::vector<MadeMessage> good);

    [[nodiscard]] MadeMessage next();

private:
    [[nodiscard]] MadeMessage random();
    void change(QByteArray& bytes);
    void changeNumber(QByteArray& bytes);
    void splice(QByteArray& bytes);
    void appendRandomJson(QByteArray& json, int depth);
    void appendRandomText(QByteArray& json);
    [[nodiscard]] qsizetype placeIn(const QByteArray& bytes);

    Prng m_prng;
    std::vector<MadeMessage> m_good;
};

} // namespace framescope::fuzz
