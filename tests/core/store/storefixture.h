#pragma once
/// What the store's tests share: sessions with everything in them, and comparison field by field.
#include "core/frame/frame.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionwriter.h"
#include "tests/support/framebuilder.h"

#include <QString>

namespace framescope::test {

[[nodiscard]] SessionInfo sessionInfo();
[[nodiscard]] AuditEvent connectedEvent(const QString& object = QStringLiteral("ws://127.0.0.1/stream"));

/// @p count frames of every kind: text and binary, each verdict, findings with texts, ids, a frame without payload. The
/// same for the same @p seed. Not numbered for the audit log yet.
[[nodiscard]] std::shared_ptr<FrameBatch> variedBatch(quint64 firstNumber, int count, unsigned seed);

/// Empty when the frames are equal field by field (types by name); else what differs.
[[nodiscard]] QString difference(const FrameBatch& a, std::size_t i, const FrameBatch& b, std::size_t j);

/// All blocks in order. Fails with the error's text.
[[nodiscard]] Expected<std::vector<FrameBatchPtr>> readBlocks(SessionReader& reader);

} // namespace framescope::test
