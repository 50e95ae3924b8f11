#pragma once
/// A sentence of a number and its unit, painted as plain text with figures of one width, so that it does not shake
/// while it counts: what status bar and countdowns are made of. Thread: gui. Its accessible name is the whole sentence.
#include "ui/common/theme.h"

#include <QList>
#include <QWidget>

namespace framescope {

struct SentencePart
{
    QString text;
    bool strong = false;
    Token color = Token::SecondaryText;
};

class Sentence : public QWidget
{
    Q_OBJECT

public:
    explicit Sentence(QWidget* parent = nullptr);
    /// Repaints only when something changed.
    void setParts(const QList<SentencePart>& parts);
    [[nodiscard]] QString text() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QList<SentencePart> m_parts;
    int m_width = 0;
};

} // namespace framescope
