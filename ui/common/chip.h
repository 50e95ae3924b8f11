#pragma once
/// A pill of a word and a number ("Failures 9,412") that can be switched on: a filter term of its own.
/// Thread: gui.
#include <QAbstractButton>

namespace framescope {

class Chip : public QAbstractButton
{
    Q_OBJECT

public:
    explicit Chip(QWidget* parent = nullptr);
    /// @p before and @p after are set plain, @p strong semi-bold between them.
    void setParts(const QString& before, const QString& strong, const QString& after = {});
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    [[nodiscard]] int contentWidth() const;

    QString m_before;
    QString m_strong;
    QString m_after;
    int m_width = 0;
};

} // namespace framescope
